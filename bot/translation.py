"""Turns what the platform pushed into what the dialogue understands. Decides which pushes are no part of a conversation."""

from bot.dialogue import events as ev
from bot.turn import Write
from bot.wechat import inbound as wx
from domain.terms import AttachmentKind
from services import Services

# Customer-service messages the platform allows after each trigger (wechat notes, 1.6).
_AFTER_MESSAGE = 5
_AFTER_EVENT = 3


def opens_window(inbound: wx.Inbound) -> int:
    """How many messages may be sent to the person after this push; 0 if it opens nothing."""
    match inbound:
        case wx.Subscribe() | wx.Scan() | wx.Click() | wx.AwaitedScan():
            return _AFTER_EVENT
        case wx.Text() | wx.Image() | wx.Voice() | wx.Video() | wx.Location() | wx.Link() | wx.File():
            return _AFTER_MESSAGE
        case _:
            return 0


def to_event(inbound: wx.Inbound, write: Write) -> ev.CitizenEvent | None:
    """The dialogue's event; None when the push is not for the conversation. Media is noted for the worker to fetch."""
    match inbound:
        case wx.Text():
            return ev.TextReceived(inbound.content)
        case wx.Image():
            return _media(AttachmentKind.IMAGE, inbound.media_id, write)
        case wx.Voice():
            # The better recording if there is one: it is evidence, and it is what can be understood.
            media_id = inbound.media_id_16k or inbound.media_id
            return _media(AttachmentKind.VOICE, media_id, write, inbound.recognition)
        case wx.Video():
            return _media(AttachmentKind.VIDEO, inbound.media_id, write)
        case wx.Location():
            return ev.LocationReceived(inbound.label or "")
        case wx.Link():
            return ev.OtherReceived(ev.OtherKind.LINK)
        case wx.File():
            return ev.OtherReceived(ev.OtherKind.FILE)
        case wx.Subscribe():
            return ev.Followed(inbound.scene)
        case wx.Scan():
            return ev.ScannedCard(inbound.scene)
        case wx.Click():
            return ev.MenuClicked(inbound.key)
        case _:
            return None


def note_aside(inbound: wx.Inbound, reporter_id: int, services: Services) -> None:
    """What a push means besides the conversation: a scanned card, a delivery report, a person who left."""
    match inbound:
        case wx.SubscribeMessageEvent():
            for item in inbound.items:
                if item.msg_id:
                    services.notices.record_delivery(item.msg_id, item.status)
        case wx.Subscribe() | wx.Scan():
            services.conversations.note_scene(reporter_id, inbound.scene)
        case wx.TemplateSendFinished():
            services.notices.record_delivery(inbound.template_msg_id, inbound.status)
        case wx.Unsubscribe() | wx.AuthorisationRevoked():
            services.forgetting.separate_profile(reporter_id)
        case _:
            pass


def _media(kind: AttachmentKind, media_id: str, write: Write, recognition: str | None = None) -> ev.MediaReceived:
    return ev.MediaReceived(kind, write().attachments.note_media(write.turn.of, kind, media_id), recognition)
