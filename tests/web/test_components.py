"""Each component renders what it is given, escapes it, and says each state with a word."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from assessments.domain.scale import DEFAULT_SCALE
from assessments.domain.workflow import WorkState
from assessments.models import decisions, reviews, runs, works
from assessments.web import components as views
from assessments.web.components import CheckResultView, CriterionView, EvidenceLink, Level
from assessments.web.highlight import parse_marks
from assessments.web.icons import ICONS, icon_svg
from assessments.web.looks import EVIDENCE_ICONS, LEVELS, STATES, TONE_ICONS
from assessments.web.navigation import DESTINATIONS
from assessments.web.radar import build_radar
from assessments.web.typography import breakable, duration_words, moment_words
from evaluator.results import EvidenceKind, Outcome

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
WHEN = datetime(2026, 3, 1, 13, 2, tzinfo=UTC)


def render(source: str, **context: Any) -> str:
    request = RequestFactory().get("/liste/", context.pop("query", {}))
    with translation.override("fr"):
        template = engines["django"].from_string("{% load jalon %}" + source)
        return str(template.render({"x": HOSTILE, **context}, request))


class HostileForm(forms.Form):
    name = forms.CharField(label=HOSTILE, help_text="aide")

    def clean_name(self) -> str:
        raise forms.ValidationError(HOSTILE)


def hostile_check() -> CheckResultView:
    link = EvidenceLink("code", HOSTILE, "/preuve/", HOSTILE)
    return CheckResultView(HOSTILE, HOSTILE, "not_met", HOSTILE, "", [link], 0.2)


def hostile_level() -> Level:
    return Level(HOSTILE, HOSTILE, "met")


COMPONENTS: dict[str, dict[str, Any]] = {
    "{% button x url=x name=x %}{% button x name=x value=x dialog=x form=x icon='check' %}": {},
    "{% link x x icon='file' external=True %}": {},
    "{% error_summary form %}{% field form.name %}": {"form": HostileForm({"name": HOSTILE})},
    "{% upload start_url=x action=x label=x help=x accept=x %}": {},
    "{% badge x tone='met' %}{% level_badge level %}": {"level": hostile_level()},
    "{% check_result check %}": {"check": hostile_check()},
    "{% criterion_row row %}": {
        "row": CriterionView(
            HOSTILE, HOSTILE, HOSTILE, HOSTILE, [hostile_check()], [hostile_level()], None, HOSTILE, HOSTILE, HOSTILE
        )
    },
    "{% criterion_row read %}": {
        "read": CriterionView("1", "1", "x", level=hostile_level(), comment=HOSTILE, marked_by=HOSTILE)
    },
    "{% bloc_progress bloc label=x %}": {"bloc": views.BlocProgress(met=1)},
    "{% sort_header x x %}": {"query": {"q": HOSTILE}},
    "{% pagination page %}{{ x }}": {"page": Paginator(range(99), 5).get_page(3), "query": {"q": HOSTILE}},
    "{% listing page caption=x empty=x %}{{ x }}{% endlisting %}": {"page": Paginator(range(99), 5).get_page(3)},
    "{% listing none caption=x empty=x text=x %}{{ x }}{% endlisting %}": {"none": Paginator([], 5).get_page(1)},
    "{% filters fields target='#list' kept=x %}": {
        "fields": [views.FilterField("q", HOSTILE, value=HOSTILE), views.FilterField("s", "s", [(HOSTILE, HOSTILE)])]
    },
    "{% empty_state x x action_label=x action_url=x %}": {},
    "{% stat_tiles tiles %}": {"tiles": [views.StatTile(HOSTILE, HOSTILE, HOSTILE, url=HOSTILE)]},
    "{% timeline past %}": {"past": [views.TimelineEntry(WHEN, HOSTILE, HOSTILE, HOSTILE, url=HOSTILE)]},
    "{% breadcrumb crumbs %}": {"crumbs": [views.Crumb(HOSTILE, HOSTILE), views.Crumb(HOSTILE)]},
    "{% tabs items x %}": {"items": [views.TabItem(HOSTILE, HOSTILE, True, 3)]},
    "{% toast x 'platform' %}": {},
    "{% dialog id=x title=x confirm=x %}{{ x }}{% enddialog %}": {},
    "{% notice tone='accent' title=x %}{{ x }}{% endnotice %}": {},
    "{% person who %}": {"who": views.PersonView(HOSTILE, HOSTILE, HOSTILE)},
    "{% code_block x caption=x %}{% code_block x language=x %}": {},
    "{% notebook_cell code %}{% notebook_cell text %}": {
        "code": views.CellView(
            1,
            "code",
            HOSTILE,
            outputs=[
                views.OutputView("text", HOSTILE),
                views.OutputView("image", HOSTILE, HOSTILE),
                views.OutputView("table", columns=[HOSTILE], rows=[[HOSTILE]], anchor=HOSTILE),
                views.OutputView("error", HOSTILE),
                views.OutputView("note", HOSTILE),
            ],
        ),
        "text": views.CellView(2, "markdown", HOSTILE),
    },
    "{% pdf_page page %}": {"page": views.PdfPageView(HOSTILE, 1, 2, HOSTILE, HOSTILE)},
    "{% http_exchange http %}": {
        "http": views.HttpExchangeView(HOSTILE, HOSTILE, None, HOSTILE, [(HOSTILE, HOSTILE)], HOSTILE, 1, HOSTILE)
    },
    "{% competency_radar axes x %}": {"axes": [views.RadarAxis(HOSTILE, 0.5, HOSTILE)] * 3},
}


@pytest.mark.parametrize("source", COMPONENTS)
def test_hostile_text_stays_text(source: str) -> None:
    html = render(source, **COMPONENTS[source])
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "<img src=x" not in html


def test_states_of_the_domain_all_have_a_word() -> None:
    assert set(STATES["work"]) == {state.value for state in WorkState}
    assert set(STATES["run"]) == set(runs.RunStatus.values)
    assert set(STATES["upload"]) == set(works.UploadState.values)
    assert set(STATES["review"]) == set(reviews.ReviewOutcome.values)
    assert set(STATES["opinion"]) == set(reviews.Opinion.values)
    assert set(STATES["decision"]) == set(decisions.DecisionOutcome.values)
    assert set(LEVELS) == {level.code for level in DEFAULT_SCALE}
    assert set(EVIDENCE_ICONS) == {kind.value for kind in EvidenceKind}


def test_every_look_names_an_icon_that_is_drawn() -> None:
    looks = [look for table in [*STATES.values(), LEVELS] for look in table.values()]
    names = {look.icon for look in looks} | {*TONE_ICONS.values(), *EVIDENCE_ICONS.values()}
    assert names | {destination.icon for destination in DESTINATIONS} <= set(ICONS)


@pytest.mark.parametrize("outcome", [*Outcome])
def test_an_outcome_is_said_with_a_word_and_an_icon(outcome: Outcome) -> None:
    words = {"met": "Satisfait", "not_met": "Non satisfait", "undecided": "À apprécier", "error": "Fichier illisible"}
    html = render("{% outcome_badge outcome 'candidate' %}", outcome=outcome)
    assert words[outcome] in html
    assert "<svg" in html


def test_an_error_of_ours_does_not_look_like_one_of_the_candidate() -> None:
    ours = CheckResultView("model.loads", "Chargement", "error", "", "platform")
    html = render("{% check_result check %}", check=ours)
    assert "Incident de notre côté" in html
    assert "tone-platform" in html
    assert "tone-not-met" not in html


@pytest.mark.parametrize(("seconds", "shown"), [(0.0002, False), (0.04, True)])
def test_a_time_that_rounds_to_nothing_is_left_out(seconds: float, shown: bool) -> None:
    check = CheckResultView("repository.readme", "README", "met", "", "candidate", [], seconds)
    html = render("{% check_result check %}", check=check)
    assert ("ms" in html, "repository.readme" in html) == (shown, True)


def test_a_state_without_a_word_is_not_shown_silently() -> None:
    with pytest.raises(KeyError):
        render("{% state_badge 'lost' %}")
    with pytest.raises(KeyError):
        icon_svg("unicorn")


def test_a_criterion_to_mark_has_its_levels_and_a_read_one_has_none() -> None:
    scale = [Level("acquired", "Acquis", "met"), Level("not_acquired", "Non acquis", "not-met")]
    html = render("{% criterion_row row %}", row=CriterionView("7", "CE7", "Texte", levels=scale, level=scale[1]))
    assert 'name="level-7" value="not_acquired" checked' in html
    assert 'name="comment-7"' in html
    read = render("{% criterion_row row %}", row=CriterionView("7", "CE7", "Texte", level=scale[1]))
    assert "<input" not in read
    assert "Non acquis" in read


def test_sorting_goes_one_way_then_the_other_and_keeps_the_filters() -> None:
    tag = "{% sort_header 'Nom' 'name' %}"
    assert 'href="?q=a&amp;sort=name"' in render(tag, query={"q": "a", "page": "3"})
    up = render(tag, query={"sort": "name"})
    assert 'aria-sort="ascending"' in up
    assert 'href="?sort=-name"' in up
    assert 'aria-sort="descending"' in render(tag, query={"sort": "-name"})


def test_pages_keep_the_filters_and_one_page_needs_no_links() -> None:
    many = render("{% pagination page %}", page=Paginator(range(99), 10).get_page(2), query={"q": "a", "page": "2"})
    assert 'href="?q=a&amp;page=3"' in many
    assert 'aria-current="page">2<' in many
    assert render("{% pagination page %}", page=Paginator(range(3), 10).get_page(1)).strip() == ""


def test_a_listing_shows_its_rows_and_pages_or_what_to_do_without_any() -> None:
    tag = "{% listing page caption='Travaux' empty='Aucun travail' text='Changez de filtre.' %}<tbody>{% endlisting %}"
    full = render(tag, page=Paginator(range(99), 10).get_page(2))
    assert "<caption" in full
    assert "<tbody>" in full
    assert 'aria-current="page">2<' in full
    assert "Aucun travail" not in full
    none = render(tag, page=Paginator([], 10).get_page(1))
    assert "<tbody>" not in none
    assert "Changez de filtre." in none


def test_errors_are_tied_to_their_fields() -> None:
    html = render("{% error_summary form %}{% field form.name %}", form=HostileForm({"name": "x"}))
    assert 'href="#id_name"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_marked_lines_are_marked_and_numbered_from_the_start() -> None:
    html = render("{% code_block code marks='11' start=10 %}", code="a = 1\nb = 2")
    assert html.count('class="marked"') == 1
    assert 'class="marked"><td class="code-number">11</td>' in html
    assert parse_marks("3, 7-9") == {3, 7, 8, 9}


def test_progress_shares_the_bar() -> None:
    html = render("{% bloc_progress bloc %}", bloc=views.BlocProgress(met=1, undecided=1, waiting=2))
    assert html.count('class="bar tone-') == 3
    assert 'x="50.00" y="0" width="50.00"' in html
    assert "Aucun critère" in render("{% bloc_progress bloc %}", bloc=views.BlocProgress())


def test_a_radar_needs_three_axes_and_the_table_none() -> None:
    axis = views.RadarAxis("C1", 2.0, "tout")
    assert build_radar([axis] * 4).shape.startswith("160.0,56.0")
    with pytest.raises(ValueError, match="three axes"):
        build_radar([axis])
    assert "<polygon" not in render("{% competency_radar axes 'Bloc' %}", axes=[axis])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "40 ms"), (0.42, "0,4 s"), (12, "12 s"), (200, "3 min 20 s"), (7500, "2 h 05 min"), (93600, "1 j 2 h")],
)
def test_durations(seconds: float, words: str) -> None:
    with translation.override("fr"):
        assert duration_words(seconds).replace("\u00a0", " ") == words


def test_dates_are_set_by_the_language() -> None:
    with translation.override("fr"):
        assert moment_words(date(2026, 3, 1)).replace("\u00a0", " ") == "1er mars 2026"
        assert moment_words(WHEN).replace("\u00a0", " ") == "1er mars 2026 à 14:02"
    with translation.override("en"):
        assert moment_words(date(2026, 3, 1)).replace("\u00a0", " ") == "1 March 2026"
    assert render("{% moment none %}{% duration none %}", none=None) == "––"


def test_an_address_is_cut_between_its_words_and_hides_no_markup() -> None:
    assert breakable("ada.king+jury@jalon.test") == "ada<wbr>.king<wbr>+jury<wbr>@jalon<wbr>.test"
    assert breakable("<b>@x") == "&lt;b&gt;<wbr>@x"
