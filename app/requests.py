"""One transaction for each page: opened when a view first asks for services, committed before the answer leaves."""

from flask import Flask, Response, current_app, g

from app.parts import System
from services import Services


def set_up_requests(app: Flask, system: System) -> None:
    """Hands services to views through `flask.g`, so that front doors never import the composition root."""
    app.extensions["system"] = system

    @app.before_request
    def offer_services() -> None:
        g.open_services = lambda read_only=False: _open(system, read_only=read_only)

    @app.after_request
    def commit(response: Response) -> Response:
        services: Services | None = g.get("services_of_request")
        if services is not None:
            # A failed commit raises here, before anything was told to anybody.
            services.session.commit()
        return response

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        services: Services | None = g.pop("services_of_request", None)
        if services is not None:
            services.session.close()


def roll_back() -> None:
    """Undoes what the view changed; called before an error page is made."""
    services: Services | None = g.get("services_of_request")
    if services is not None:
        services.session.rollback()


def system_of_app() -> System:
    """The system of the running application."""
    system: System = current_app.extensions["system"]
    return system


def _open(system: System, *, read_only: bool) -> Services:
    services: Services | None = g.get("services_of_request")
    if services is None:
        system.in_force.look()
        session = system.sessions()
        if read_only:
            session.connection(execution_options={"read_only": True})
        services = g.services_of_request = Services(session, system.parts)
    return services
