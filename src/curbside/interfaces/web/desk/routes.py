"""Which address of the desk leads to which page."""

from __future__ import annotations

from starlette.routing import Route

from curbside.interfaces.web.desk import (
    account,
    articles,
    deciding,
    entry,
    identity,
    signing,
    staff,
    together,
)

_POST = ["POST"]


def desk_routes() -> list[Route]:
    """The addresses of the desk; whatever changes something is sent by a form."""
    return [
        Route("/desk", articles.listed),
        Route("/desk/feedback", articles.feedback),
        Route("/desk/sign-in", entry.sign_in_form),
        Route("/desk/sign-in", entry.sign_in, methods=_POST),
        Route("/desk/sign-out", entry.sign_out, methods=_POST),
        Route("/desk/identity", identity.begin),
        Route("/desk/identity/back", identity.back),
        Route("/desk/first", entry.first_form),
        Route("/desk/first", entry.first, methods=_POST),
        Route("/desk/invitation", entry.invitation_form),
        Route("/desk/invitation", entry.invitation, methods=_POST),
        Route("/desk/invitation/identity", identity.invited, methods=_POST),
        Route("/desk/account", account.own),
        Route("/desk/account/statement", account.state, methods=_POST),
        Route("/desk/account/password", account.password, methods=_POST),
        Route("/desk/account/sign-out", account.sign_out_everywhere, methods=_POST),
        Route("/desk/account/identity", identity.link, methods=_POST),
        Route("/desk/account/identity/end", identity.unlink, methods=_POST),
        Route("/desk/people", staff.listed),
        Route("/desk/people", staff.add, methods=_POST),
        Route("/desk/people/{person}", staff.one),
        Route("/desk/people/{person}", staff.change, methods=_POST),
        Route("/desk/people/{person}/invitation", staff.invite, methods=_POST),
        Route("/desk/people/{person}/confirmation", staff.confirm, methods=_POST),
        Route("/desk/articles/{slug}", articles.article),
        Route("/desk/articles/{slug}/history", articles.history),
        Route("/desk/articles/{slug}/diff", articles.diff),
        Route("/desk/articles/{slug}/submit", deciding.submit, methods=_POST),
        Route("/desk/articles/{slug}/move", deciding.move, methods=_POST),
        Route("/desk/articles/{slug}/comment", deciding.comment, methods=_POST),
        Route("/desk/articles/{slug}/together", together.form),
        Route("/desk/articles/{slug}/together", together.accept, methods=_POST),
        Route("/desk/articles/{slug}/claims/{claim}", deciding.claim),
        Route("/desk/articles/{slug}/claims/{claim}/{deed}", deciding.decide, methods=_POST),
        Route("/desk/articles/{slug}/sign", signing.form),
        Route("/desk/articles/{slug}/sign", signing.sign, methods=_POST),
    ]
