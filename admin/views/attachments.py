"""Files of a case: copies that we made ourselves inline, everything else as a download that no browser runs."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from admin.access import allowed, facts, services
from domain.terms import Action


def add(console: Blueprint) -> None:
    """`/admin/cases/<case_number>/attachments/<id>`."""

    @console.get("/cases/<case_number>/attachments/<int:attachment_id>")
    @allowed(Action.VIEW_STATEMENT)
    def attachment(case_number: str, attachment_id: int) -> ResponseReturnValue:
        original, page = request.args.get("original") == "1", request.args.get("page", 1, type=int)
        file = services().attachments.open_for(facts(), case_number, attachment_id, original=original, page=page)
        response = Response(file.content, content_type=file.content_type)
        how = "inline" if file.is_copy else "attachment"
        response.headers["Content-Disposition"] = f'{how}; filename="{file.filename}"'
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        # A player asks for parts, so that one can go back in a recording.
        return response.make_conditional(request, accept_ranges=True, complete_length=len(file.content))
