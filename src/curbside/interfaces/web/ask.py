"""Asking, and the page of a question in every form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from curbside.codec.answer import answer_to_json
from curbside.errors import InputError
from curbside.interfaces.export import BY_SUFFIX, ExportForm, export_page
from curbside.interfaces.render.html import page_values
from curbside.interfaces.web.drawing import draw, page_response
from curbside.interfaces.web.method import rerun_of
from curbside.interfaces.web.names import is_slug
from curbside.interfaces.web.shelf import Made, made
from curbside.interfaces.web.site import HISTORY, Site, respond, shelved, site_of
from curbside.interfaces.web.work import Listen
from curbside.pipeline import Reached
from curbside.records import Reader
from curbside.text.personal import find_personal
from curbside.wiring.pages import Shown

DEFAULT_READER: Final = Reader.CLINICIAN
"""Whom a page is drawn for where nobody said."""
_LONGEST_NUMBER: Final = 7
_EXAMPLES: Final = 4
"""Questions beside the box that the pages of the library lead to."""

_MEDIA_TYPES: Final = {
    ExportForm.JSON: "application/json",
    ExportForm.MARKDOWN: "text/markdown; charset=utf-8",
    ExportForm.TEXT: "text/plain; charset=utf-8",
    ExportForm.PDF: "application/pdf",
    ExportForm.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ExportForm.RIS: "application/x-research-info-systems",
    ExportForm.NBIB: "application/nbib",
    ExportForm.BIBTEX: "application/x-bibtex",
}
FORMS: Final = {suffix: form for suffix, form in BY_SUFFIX.items() if form in _MEDIA_TYPES}
"""The forms of a page that stand beside it, by the end of the address."""
_SHOWN: Final = frozenset({ExportForm.JSON, ExportForm.MARKDOWN, ExportForm.TEXT})
"""Forms that a browser shows; the others are for saving."""


async def home(request: Request) -> Response:
    """The box to ask in, with questions to begin with."""
    site = site_of(request)
    own, more, recent = await site.gate.run(_front, site)
    return page_response(
        "home.html.jinja", own=own, more=more, recent=recent, site=site, asked="", here="Ask"
    )


def _front(site: Site) -> tuple[list[tuple[str, str]], list[str], list[tuple[str, str]]]:
    """The library's pages, what to ask after them, and what was asked last."""
    own = [(f"/q/{page.slug}", page.title) for page in site.pages.own_pages]
    more: dict[str, None] = {}
    for page in site.pages.own_pages:
        answer = site.pages.answer(page.slug)
        more |= dict.fromkeys(answer.next_questions[:_EXAMPLES] if answer else ())
    recent = site.pages.recent(HISTORY) if site.shows_history else ()
    return own, list(more)[:_EXAMPLES], [(f"/q/{each.slug}", each.title) for each in recent]


async def page(request: Request) -> Response:
    """The page of a question, in the form that its name ends in."""
    site = site_of(request)
    name: str = request.path_params["name"]
    slug, dot, suffix = name.partition(".")
    form = FORMS.get(f".{suffix}") if dot else ExportForm.HTML
    if form is None or not is_slug(slug):
        raise HTTPException(404)
    typed = request.query_params.get("asked") if form is ExportForm.HTML else None
    wanted = request.query_params.get("version", "")
    if wanted and not (wanted.isascii() and wanted.isdecimal() and len(wanted) < _LONGEST_NUMBER):
        raise HTTPException(404)
    item = await ready_page(
        site,
        slug,
        form=form,
        typed=typed,
        version=int(wanted) if wanted else None,
        reader=reader_of(request),
        asker=request,
    )
    if item is None:
        return page_response(
            "no_page.html.jinja", status=404, asked=slug.replace("-", " "), site=site
        )
    return respond(request, item)


async def ready_page(
    site: Site,
    slug: str,
    *,
    form: ExportForm = ExportForm.HTML,
    typed: str | None = None,
    version: int | None = None,
    reader: Reader = DEFAULT_READER,
    listen: Listen | None = None,
    asker: Request | None = None,
) -> Made | None:
    """The page of a question, made where it is not at hand; None where there is no such page.

    `typed` are the words it was asked with, to be told on the page where they mean its question;
    `version` is one that the review desk has, None for the page as it is now; `reader` is whom it
    is drawn for. `listen` hears the stages of an answer that is made, and `asker` is whose
    request waits for it.
    """
    key = (
        site.pages.mark(slug),
        slug,
        form.value,
        reader.value,
        typed or "",
        "" if version is None else str(version),
    )

    def make(reached: Reached) -> Made | None:
        if version is None:
            shown = site.pages.shown(slug, reached=reached)
        else:
            shown = site.pages.version(slug, version)
        if shown is None:
            return None
        shown = replace(shown, answer=site.pages.read_for(shown.answer, reader))
        at = shown.review.updated_at or shown.answer.provenance.at
        if form is ExportForm.HTML:
            body = _drawn(site, slug, shown, typed, version=version).encode()
            return made(body, "text/html; charset=utf-8", made_at=at)
        body = export_page(answer_to_json(shown.answer, review=shown.review), form)
        file_name = None if form in _SHOWN else f"{slug}.{_suffix(form)}"
        return made(body, _MEDIA_TYPES[form], made_at=at, file_name=file_name)

    return await shelved(site, key, make, listen=listen, asker=asker)


def _address(name: str, pinned: Mapping[str, str], reader: Reader) -> str:
    told = {**pinned, **({} if reader is DEFAULT_READER else {"as": reader.value})}
    return f"/q/{name}?{urlencode(told)}" if told else f"/q/{name}"


def reader_of(request: Request) -> Reader:
    """Whom the page is drawn for. Raises 400."""
    name = request.query_params.get("as") or DEFAULT_READER.value
    try:
        return Reader(name)
    except ValueError as error:
        expected = ", ".join(Reader)
        raise HTTPException(400, f"Expected one of {expected}; found {name[:40]}.") from error


def _suffix(form: ExportForm) -> str:
    return next(suffix for suffix, each in FORMS.items() if each is form).removeprefix(".")


def _drawn(site: Site, slug: str, shown: Shown, typed: str | None, *, version: int | None) -> str:
    answer = shown.answer
    pinned = {} if version is None else {"version": str(version)}
    current = answer.reading.reader if answer.reading else DEFAULT_READER
    of_reader = {} if current is DEFAULT_READER else {"as": current.value}
    asked = ""
    readings: tuple[str, ...] = ()
    if typed:
        try:
            question = site.pages.read(typed)
        except InputError:
            question = None
        # another question's words say nothing of this page
        if question is not None and question.title == answer.question.title:
            asked, readings = typed, question.readings
    words = (asked, answer.question.text, answer.question.title)
    return draw(
        "answer.html.jinja",
        **page_values(answer_to_json(answer, review=shown.review)),
        share_url=f"/q/{slug}?version={shown.review.version}" if shown.review.version else "",
        is_old=version is not None,
        reader=of_reader.get("as", ""),
        reader_urls={each.value: _address(slug, pinned, each) for each in Reader},
        slug=slug,
        site=site,
        asked=asked,
        asked_readings=readings,
        is_personal=any(map(find_personal, words)),
        forms=[
            (suffix.removeprefix("."), _address(f"{slug}{suffix}", pinned, current))
            for suffix in FORMS
        ],
        rerun=rerun_of(answer),
    )
