"""Adding sources through the browser: files, the inbox, PMIDs; and what became of them."""

from __future__ import annotations

import re
from typing import Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curbside.errors import BusyError, InputError
from curbside.interfaces.web.drawing import page_response
from curbside.interfaces.web.gate import RETRY_AFTER_S
from curbside.interfaces.web.site import site_of
from curbside.wiring.intake import Intake, Job

_FILES: Final = 200
_FIELDS: Final = 8
_FIELD_BYTES: Final = 256 * 1024
_NAME: Final = re.compile(r"[0-9a-f]{1,32}")


async def form(request: Request) -> Response:
    """Where sources are handed in."""
    return _page(_intake(request))


async def take(request: Request) -> Response:
    """Take what was handed in, and lead to what becomes of it."""
    site, intake = site_of(request), _intake(request)
    try:
        async with request.form(
            max_files=_FILES, max_fields=_FIELDS, max_part_size=_FIELD_BYTES
        ) as handed_in:
            what = handed_in.get("what")
            if what == "files":
                files = [
                    (each.filename or "", each.file)
                    for each in handed_in.getlist("files")
                    if isinstance(each, UploadFile) and each.filename
                ]
                job = await site.gate.run(intake.take_files, files)
            elif what == "inbox":
                job = await site.gate.run(intake.take_inbox)
            elif what == "pmids":
                job = await site.gate.run(intake.take_pmids, str(handed_in.get("pmids", "")))
            else:
                raise InputError("expected files, the inbox or PMIDs")
    except BusyError as error:
        response = _page(intake, refused=str(error), status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response
    except InputError as error:
        return _page(intake, refused=str(error), status=400)
    return RedirectResponse(f"/library/add/{job.name}", status_code=303)


async def job(request: Request) -> Response:
    """What became of what was handed in."""
    intake = _intake(request)
    name: str = request.path_params["job"]
    found: Job | None = intake.job(name) if _NAME.fullmatch(name) else None
    if found is None:
        raise HTTPException(404)
    return page_response("job.html.jinja", here="Library", job=found)


def _intake(request: Request) -> Intake:
    intake = site_of(request).intake
    if intake is None:
        raise HTTPException(
            403, "On a server that others can reach, sources are added on the command line."
        )
    return intake


def _page(intake: Intake, *, refused: str = "", status: int = 200) -> Response:
    return page_response(
        "adding.html.jinja", status=status, here="Library", intake=intake, refused=refused
    )
