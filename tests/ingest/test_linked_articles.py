"""The 43 articles of the shared data that are linked to a correction, a retraction or a comment."""

from __future__ import annotations

from pathlib import Path

import pytest

from curbside.ingest.read import read_path
from curbside.ingest.standing import notices_of, standing_of
from curbside.records import Document, Standing, Status
from shared_data import SHARED

# worked out with a plain XML reader from every <related-article>: each notice is about the work
# beside it, where it names one by an id; none of the 43 was
# corrected or retracted itself as far as it says
ABOUT = {
    "PMC2651656": ("corrected", "pmid:18596958"),
    "PMC2720223": ("corrected", "doi:10.1038/sj.bjc.6604366"),
    "PMC2743355": ("corrected", "doi:10.1038/sj.bjc.6605218"),
    "PMC2858204": None,
    "PMC2938368": None,
    "PMC3257650": None,
    "PMC3277610": None,
    "PMC3626633": ("corrected", "pmid:23297844"),
    "PMC3836109": ("corrected", "pmid:23564919"),
    "PMC4020466": ("corrected", "pmid:23997767"),
    "PMC4210983": ("corrected", "pmid:25000149"),
    "PMC4424865": ("corrected", "doi:10.1055/s-0034-1390794"),
    "PMC4489820": ("corrected", "pmid:25473312"),
    "PMC4542117": ("corrected", "doi:10.1186/s13012-014-0190-0"),
    "PMC4608484": ("retracted", "pmid:24049748"),
    "PMC4632037": ("corrected", "pmid:26322311"),
    "PMC4643561": ("corrected", "doi:10.1007/s11695-014-1374-z"),
    "PMC4714025": ("corrected", "doi:10.1007/s11010-013-1857-6"),
    "PMC4721016": ("corrected", "doi:10.1186/s13063-015-0793-z"),
    "PMC4784206": ("retracted", "pmid:21804710"),
    "PMC4819527": None,
    "PMC4872285": None,
    "PMC4969808": ("corrected", "doi:10.1007/s10803-015-2693-1"),
    "PMC4969861": ("corrected", "doi:10.1007/s00430-007-0062-1"),
    "PMC4969924": ("corrected", "doi:10.1007/s10439-009-9857-0"),
    "PMC5027814": None,
    "PMC5062762": ("corrected", "doi:10.1186/s12906-016-1242-6"),
    "PMC5080493": ("corrected", "doi:10.1155/2016/2565169"),
    "PMC5082912": ("corrected", "doi:10.1371/journal.pone.0134459"),
    "PMC5153827": ("corrected", "doi:10.1186/s40814-016-0065-z"),
    "PMC5226101": ("corrected", "doi:10.1186/s12884-016-1092-8"),
    "PMC5321244": ("corrected", "doi:10.2337/dc15-0353"),
    "PMC5335541": ("corrected", "doi:10.1186/s13063-016-1317-1"),
    "PMC5383933": ("corrected", "doi:10.1038/srep43997"),
    "PMC5405525": ("corrected", "doi:10.1186/s13063-016-1657-x"),
    "PMC5425974": ("corrected", "doi:10.1186/1745-6215-14-51"),
    "PMC5427583": ("corrected", "doi:10.1186/s12937-016-0123-7"),
    "PMC5444934": ("corrected", "pmid:27458531"),
    "PMC5466245": ("corrected", "doi:10.1097/md.0000000000006524"),
    "PMC5695403": ("corrected", "doi:10.1136/bmjopen-2017-016031"),
    "PMC5710074": ("corrected", "doi:10.1186/s12871-016-0174-5"),
    "PMC5815597": ("corrected", "doi:10.1371/journal.pone.0168347"),
    "PMC5916544": ("corrected", "doi:10.14740/jocmr3281w"),
}


@pytest.mark.data
@pytest.mark.skipif(SHARED is None, reason="the shared data folder is absent")
def test_every_linked_article_says_the_right_thing_of_itself_and_of_the_other() -> None:
    assert SHARED is not None
    archive: Path = SHARED / "data" / "jats_nxml" / "pmc_correction_links.tar.zst"
    said: dict[str, tuple[str, str] | None] = {}
    for document in read_path(archive, retrieved_at="2026-01-02"):
        assert isinstance(document, Document)
        assert standing_of(document) == Standing(Status.UNKNOWN)
        notices = [
            (notice.status.value, name) for notice in notices_of(document) for name in notice.work
        ]
        assert len(notices) < 2
        said[document.source.pmcid or ""] = notices[0] if notices else None
    assert said == ABOUT
