"""What is understood of a question, and which wordings lead to one page."""

from __future__ import annotations

import time

import pytest

from curbside.errors import QuestionError
from curbside.ingest.topics import bundled_topics, merge_vocabularies
from curbside.records import Question, QuestionKind, Role, Vocabulary, VocabularyEntry
from curbside.retrieve.understanding import MAX_LENGTH, understand
from founding import QUESTION, REWORDINGS, UNANSWERABLE

TOPICS = merge_vocabularies(bundled_topics())
NOTHING = Vocabulary()
# words of a library, with passages that hold them
LIBRARY = {"infection": 900, "hospital": 400, "surgery": 700, "median": 300, "azathioprine": 40}

SAME = (
    *REWORDINGS,
    QUESTION,
    QUESTION.rstrip("?"),
    QUESTION.upper(),
    QUESTION.lower(),
    "Predictors of relapse of autoimmune hepatitis after discontinuing azathioprine",
    "What predicts relapse of AIH after azathioprine withdrawal?",
    "Which patients with autoimmune hepatitis relapse after stopping azathioprine?",
    "Which factors predict a flare of AIH once Imuran is stopped?",
    "If I quit Imuran, what makes my autoimmune liver disease likely to come back?",
    "who is likely to relapse after stopping imuran for autoimmune hepatitis",
    "risk factors for relapse in auto-immune hepatitis after azathioprine cessation",
    "risk factors for relapse in auto immune hepatitis after azathioprine cessation",
    "autoimmune hepatitis relapse predictors azathioprine withdrawal",
    "AIH azathioprine discontinuation relapse predictors",
    "AZA withdrawal AIH relapse risk",
    "aza withdrawal aih relapse",
    "relapse after AZA cessation, autoimmune hepatitis",
    "After stopping azathioprine, what predicts relapse in autoimmune hepatitis?",
    "In autoimmune hepatitis, what predicts relapse when azathioprine is withdrawn?",
    "What determines whether autoimmune hepatitis recurs after Azasan is stopped?",
    "My doctor wants me to come off azathioprine. Will my autoimmune hepatitis come back?",
    "Will my autoimmune hepatitis return if I stop taking Imuran?",
    "chances of autoimmune hepatitis coming back after stopping Imuran",
    "What are the chances of AIH flaring up after coming off azathioprine?",
    "How often does AIH relapse after azathioprine is stopped?",
    "How likely is relapse of autoimmune hepatitis after quitting azathioprine?",
    "What is the relapse rate of autoimmune hepatitis after azathioprine withdrawal?",
    "Why does autoimmune hepatitis relapse after stopping azathioprine?",
    "why did my autoimmune hepatits flare after stoping imuran",
    "What are the predictors of relaps of autoimmune hepatitis after discontinueing azathioprine?",
    "predicters of relapse of autoimmune hepatitis after stopping azathiprine",
    "predictors of relapse of autoimmune hepatitis after stopping azathioprnie",
    "Imurran withdrawal in autoimmune hepatitis: predictors of relapse",
    "prognostic factors for relapse of autoimmune hepatitis following azathioprine discontinuation",
    "What makes someone with AIH more likely to relapse once they are off azathioprine?",
    "What are the indicators that someone with AIH will flare up once off their azathioprine?",
    "Which people with autoimmune liver inflammation get sick again once off azathioprine?",
    "relapse of lupoid hepatitis after azathioprine withdrawal",
    "tapering off azathioprine in AIH: who relapses?",
    "predictors of relapse after immunosuppression withdrawal in autoimmune hepatitis",
    "predictors of relapse after treatment withdrawal in autoimmune hepatitis",
    "What happens if I stop azathioprine and have autoimmune hepatitis?",
    "stopping thiopurines in AIH",
    "ceasing azathioprine in autoimmune hepatitis: determinants of relapse",
    "weaning AIH patients off azathioprine – predictors of relapse",
    "azathioprine (Imuran) discontinuation in autoimmune hepatitis (AIH)",
    "no longer taking Imuran, will my AIH relapse?",
    "  what\u00a0predicts relapse of autoimmune hepatitis\nafter stopping azathioprine  ",
)
OTHER = (
    *UNANSWERABLE,
    "What are the predictors of relapse of autoimmune hepatitis after discontinuing prednisolone?",
    "What are the predictors of relapse of autoimmune hepatitis after discontinuing budesonide?",
    "stopping mycophenolate in AIH",
    "stopping CellCept in autoimmune hepatitis",
    "stopping mercaptopurine in AIH",
    "stopping azathioprine and prednisolone in AIH",
    "relapse of ulcerative colitis after stopping azathioprine",
    "relapse of Crohn's disease after stopping Imuran",
    "relapse of primary biliary cholangitis after stopping azathioprine",
    "relapse of lupus after stopping azathioprine",
    "relapse of viral hepatitis after stopping azathioprine",
    "relapse of myasthenia gravis after stopping Imuran",
    "relapse of hepatitis after stopping azathioprine",
    "What is the dose of azathioprine in autoimmune hepatitis?",
    "What dose of azathioprine should be used before stopping in AIH?",
    "How should azathioprine be monitored in autoimmune hepatitis?",
    "What monitoring is needed after stopping azathioprine in AIH?",
    "How often should blood tests be checked after stopping azathioprine in AIH?",
    "side effects of stopping azathioprine in autoimmune hepatitis",
    "Is it safe to stop azathioprine in autoimmune hepatitis?",
    "side effects of azathioprine in autoimmune hepatitis",
    "stopping azathioprine in AIH during pregnancy",
    "Can I stop Imuran while pregnant with autoimmune hepatitis?",
    "relapse of AIH in children after stopping azathioprine",
    "relapse of juvenile autoimmune hepatitis after stopping azathioprine",
    "stopping azathioprine in autoimmune hepatitis after liver transplantation",
    "stopping azathioprine in elderly people with AIH",
    "What predicts relapse of autoimmune hepatitis after starting azathioprine?",
    "starting azathioprine in AIH",
    "continuing azathioprine in AIH",
    "restarting azathioprine in autoimmune hepatitis after relapse",
    "switching from azathioprine in autoimmune hepatitis",
    "stopping or continuing azathioprine in autoimmune hepatitis",
    "What predicts relapse of autoimmune hepatitis on azathioprine?",
    "What predicts relapse of autoimmune hepatitis?",
    "How is autoimmune hepatitis diagnosed?",
    "How is relapse of autoimmune hepatitis defined after stopping azathioprine?",
    "What is the treatment of relapse of autoimmune hepatitis after stopping azathioprine?",
    "How is relapse of AIH treated after azathioprine withdrawal?",
    "What causes autoimmune hepatitis?",
    "What is autoimmune hepatitis?",
    "mortality of autoimmune hepatitis after stopping azathioprine",
    "liver cancer in AIH after stopping azathioprine",
    "relapse of AIH and diabetes after stopping azathioprine",
    "relapse of AIH without stopping azathioprine",
    "Why did my autoimmune hepatitis not come back after stopping azathioprine?",
    "stopping azathioprine",
    "stopping smoking in AIH",
    "stopping alcohol with autoimmune hepatitis",
    "Does IgG predict relapse of AIH after stopping azathioprine?",
)

EPILEPSY_PAGE = (
    "What are the predictors of seizure recurrence in epilepsy after stopping valproate (Depakote)?"
)
EPILEPSY = Vocabulary(
    (
        VocabularyEntry("epilepsy", Role.CONDITION, ("epilepsy", "seizure disorder", "epileptic")),
        VocabularyEntry(
            "seizure recurrence", Role.OUTCOME, ("seizure recurrence", "recurrence of seizures")
        ),
        VocabularyEntry(
            "seizure freedom",
            Role.OUTCOME,
            ("seizure freedom", "seizure-free"),
            opposite="seizure recurrence",
        ),
        VocabularyEntry("EEG", Role.FACTOR, ("EEG", "electroencephalogram")),
    ),
    (EPILEPSY_PAGE,),
)
EPILEPSY_SAME = (
    "What predicts seizure recurrence after stopping valproate in epilepsy?",
    "If I come off Epilim, will my epilepsy come back?",
    "risk factors for recurrence of seizures in epilepsy after VPA withdrawal",
    "Will my seizures return if I stop Depakote for my epilepsy?",
    "who relapses after valproic acid discontinuation, epilepsy",
    "predictors of seizure recurrance in epilepsie after stopping valproat",
    "epilepsy: stopping sodium valproate",
    "How likely is seizure recurrence after antiepileptic drug withdrawal in epilepsy?",
)
EPILEPSY_OTHER = (
    "What predicts seizure recurrence after stopping lamotrigine in epilepsy?",
    "What predicts seizure recurrence after starting valproate in epilepsy?",
    "stopping valproate for epilepsy in pregnancy",
    "stopping valproate in children with epilepsy",
    "stopping valproate in bipolar disorder",
    "stopping valproate in migraine",
    "Does EEG predict seizure recurrence after stopping valproate in epilepsy?",
    "How is epilepsy diagnosed?",
    "dose of valproate before stopping in epilepsy",
    "mortality after stopping valproate in epilepsy",
)


def ask(text: str, vocabulary: Vocabulary = TOPICS) -> Question:
    return understand(text, vocabulary=vocabulary, word_frequencies=LIBRARY)


def seen(question: Question) -> list[tuple[str, str, bool]]:
    return [(c.role.value, c.name, c.is_required) for c in question.concepts]


@pytest.mark.parametrize("text", SAME)
def test_a_rewording_leads_to_the_page(text: str) -> None:
    page, question = ask(QUESTION), ask(text)
    assert question.text == text
    assert (question.title, question.slug, question.query) == (page.title, page.slug, page.query)
    assert (question.kind, question.concepts) == (page.kind, page.concepts)


@pytest.mark.parametrize("text", OTHER)
def test_a_near_miss_does_not_lead_to_the_page(text: str) -> None:
    assert ask(text).title != QUESTION


@pytest.mark.parametrize("text", EPILEPSY_SAME)
def test_a_rewording_leads_to_the_page_of_any_topic(text: str) -> None:
    assert ask(text, EPILEPSY).title == EPILEPSY_PAGE


@pytest.mark.parametrize("text", EPILEPSY_OTHER)
def test_a_near_miss_leads_to_no_page_of_any_topic(text: str) -> None:
    assert ask(text, EPILEPSY).title != EPILEPSY_PAGE


def test_the_page_itself_is_understood_whole() -> None:
    question = ask(QUESTION)
    assert question.title == QUESTION
    assert question.slug == (
        "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"
    )
    assert question.kind is QuestionKind.PREDICTORS
    assert seen(question) == [
        ("outcome", "relapse", True),
        ("condition", "autoimmune hepatitis", True),
        ("process", "discontinuing", True),
        ("intervention", "azathioprine", False),
    ]
    assert question.readings == ()


def test_every_change_is_told() -> None:
    question = ask("relaps of autoimune hepatitis after stopping Imurann")
    assert question.readings == (
        "read “relaps” as “relapse”",
        "read “autoimune” as “autoimmune”",
        "read “Imurann” as “Imuran”",
        "read “Imuran” as azathioprine",
        f"answered on the page “{QUESTION}”",
    )


def test_a_concept_keeps_the_words_as_typed_and_the_query_the_corrected_ones() -> None:
    question = ask("Is hydralizine useful in portal hypertention?", NOTHING)
    assert [(c.name, c.surface) for c in question.concepts] == [
        ("hydralazine", "hydralizine"),
        ("portal hypertension", "portal hypertention"),
    ]
    assert question.query == "Is hydralazine useful in portal hypertension?"
    assert question.title == "Is hydralazine (Apresoline) useful in portal hypertension?"


def test_topic_words_mean_nothing_special_where_its_condition_is_not_asked_about() -> None:
    question = ask("Does age predict return to work after stroke?")
    assert seen(question) == [
        ("other", "age", True),
        ("outcome", "return to work or sport", True),
        ("condition", "stroke", True),
    ]


def test_a_drug_has_all_its_names_as_terms_and_a_class_its_members() -> None:
    (drug,) = ask("Is Tylenol effective?", NOTHING).concepts
    assert (drug.name, drug.brand) == ("paracetamol", "Tylenol")
    assert drug.terms == ("paracetamol", "acetaminophen", "tylenol", "panadol", "apap")
    (group,) = ask("Are SGLT-2 inhibitors effective?", NOTHING).concepts
    assert group.brand is None
    assert group.terms == (
        "sglt2 inhibitor", "sglt2 inhibitors", "sglt-2 inhibitor", "gliflozin", "gliflozins",
        "empagliflozin", "dapagliflozin", "canagliflozin", "ertugliflozin",
    )  # fmt: skip


def test_an_acronym_that_is_a_word_is_read_in_capitals_only() -> None:
    entry = VocabularyEntry("ankylosing spondylitis", Role.CONDITION, ("AS",))
    vocabulary = Vocabulary((entry,))
    assert seen(ask("pain in AS", vocabulary))[-1] == ("condition", "ankylosing spondylitis", True)
    assert seen(ask("pain as well", vocabulary)) == [("outcome", "pain", True)]
    assert seen(ask("ASA after stroke", NOTHING))[0] == ("intervention", "aspirin", True)
    assert seen(ask("asa after stroke", NOTHING))[0] == ("other", "asa", True)


GENERAL: tuple[tuple[str, str, list[str], str], ...] = (
    ("what are the risk factors for hip fracture", "predictors", ["hip fracture"],
     "What are the risk factors for hip fracture?"),
    ("Predictors of relapse of gout after stopping Zyloric", "predictors",
     ["relapse", "gout", "discontinuing", "allopurinol"],
     "What are the predictors of relapse of gout after discontinuing allopurinol (Zyloprim)?"),
    ("What predicts recurrence of clostridium colitis?", "predictors",
     ["recurrence", "clostridium colitis"],
     "What are the predictors of recurrence of clostridium colitis?"),
    ("how often does melanoma recur", "frequency", ["melanoma", "recurrence"],
     "What is the rate of recurrence in melanoma?"),
    ("how is acute appendicitis diagnosed?", "diagnosis", ["acute appendicitis"],
     "How is acute appendicitis diagnosed?"),
    ("What is the sensitivity of troponin in heart attack?", "diagnosis",
     ["troponin", "myocardial infarction"],
     "What is the sensitivity of troponin in heart attack?"),
    ("how is sepsis defined", "definition", ["sepsis"], "How is sepsis defined?"),
    ("What causes migraine?", "cause", ["migraine"], "What causes migraine?"),
    ("What is the dose of Amoxil for otitis media in children", "dose",
     ["amoxicillin", "otitis media", "children"],
     "What is the dose of amoxicillin (Amoxil) for otitis media in children?"),
    ("How much paracetamol can I take?", "dose", ["paracetamol"],
     "How much paracetamol (Tylenol) can I take?"),
    ("how often should lithium levels be checked?", "monitoring", ["lithium", "levels"],
     "How often should lithium (Eskalith) levels be checked?"),
    ("Monitoring of amiodarone", "monitoring", ["amiodarone"],
     "Monitoring of amiodarone (Cordarone)?"),
    ("Is ibuprofen safe in pregnancy?", "safety", ["ibuprofen", "pregnancy"],
     "Is ibuprofen (Advil) safe in pregnancy?"),
    ("side effects of statins", "safety", ["statin"], "Side effects of statins?"),
    ("What is the first-line treatment of community-acquired pneumonia?", "treatment",
     ["community-acquired pneumonia"],
     "What is the first-line treatment of community-acquired pneumonia?"),
    ("Does Glucophage lower cardiovascular mortality in T2DM?", "treatment",
     ["metformin", "cardiovascular mortality", "type 2 diabetes"],
     "Does metformin (Glucophage) lower cardiovascular mortality in T2DM?"),
    ("Which statin is best after a heart attack?", "treatment",
     ["statin", "myocardial infarction"], "Which statin is best after a heart attack?"),
    ("Does TXA reduce blood loss in knee arthroplasty?", "treatment",
     ["tranexamic acid", "bleeding", "knee arthroplasty"],
     "Does tranexamic acid (Cyklokapron) reduce blood loss in knee arthroplasty?"),
    ("Is Vitamin D useful in multiple sclerosis?", "treatment",
     ["vitamin D", "multiple sclerosis"],
     "Is Vitamin D (Drisdol) useful in multiple sclerosis?"),
    ("apixaban versus warfarin in AF?", "treatment", ["apixaban", "warfarin", "af"],
     "Apixaban (Eliquis) versus warfarin (Coumadin) in AF?"),
    ("prevalence of coeliac disease in type 1 diabetes", "frequency",
     ["coeliac disease", "type 1 diabetes"],
     "Prevalence of coeliac disease in type 1 diabetes?"),
    ("What is the survival of pancreatic cancer?", "frequency", ["survival", "pancreatic cancer"],
     "What is the rate of survival in pancreatic cancer?"),
    ("How long do people with gout live?", "frequency", ["gout"],
     "How long do people with gout live?"),
    ("mortality rate of stroke", "frequency", ["mortality", "stroke"],
     "What is the rate of mortality in stroke?"),
    ("steroid-dependent nephrotic syndrome", "general",
     ["nephrotic syndrome"], "Steroid-dependent nephrotic syndrome?"),
    ("hepatitis E in dialysis patients", "general", ["hepatitis E", "kidney impairment"],
     "Hepatitis E in dialysis patients?"),
    ("Who is likely to develop end-stage renal disease?", "predictors",
     ["end-stage renal disease"], "Who is likely to develop end-stage renal disease?"),
    # brands and conditions that only the names of MeSH and drug data know
    ("Is Rhinocort safe in hay fever?", "safety", ["budesonide", "hay fever"],
     "Is budesonide (Entocort) safe in hay fever?"),
    ("Is Wakix or Xyrem better for narcolepsy?", "treatment",
     ["pitolisant", "sodium oxybate", "narcolepsy"],
     "Is pitolisant (Wakix) or sodium oxybate (Xyrem) better for narcolepsy?"),
    ("viibryd and pancreatitis", "general", ["vilazodone", "pancreatitis"],
     "Vilazodone (Viibryd) and pancreatitis?"),
    # what follows a heading is no part of it
    ("What are the symptoms of Leigh syndrome inherited?", "diagnosis",
     ["leigh syndrome", "inherited"], "What are the symptoms of Leigh syndrome inherited?"),
    ("withdrawal symptoms after stopping paroxetine", "general",
     ["withdrawal symptoms", "discontinuing", "paroxetine"],
     "Withdrawal symptoms after stopping paroxetine (Paxil)?"),
    ("Can Plaquenil be used for lupus nephritis?", "treatment",
     ["hydroxychloroquine", "lupus nephritis"],
     "Can hydroxychloroquine (Plaquenil) be used for lupus nephritis?"),
    ("the of and to in", "general", [], "The of and to in?"),
    ("?!?!?!", "general", [], "?"),
    ("自己免疫性肝炎の再発", "general", [], "自己免疫性肝炎の再発?"),
    ("自己免疫性肝炎の再発は？", "general", [], "自己免疫性肝炎の再発は?"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "names", "title"), GENERAL)
def test_a_general_question_is_understood_without_a_topic(
    text: str, kind: str, names: list[str], title: str
) -> None:
    question = ask(text, NOTHING)
    assert (question.kind.value, [c.name for c in question.concepts], question.title) == (
        kind,
        names,
        title,
    )


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07", "\u200b\u200b"])
def test_a_question_without_a_character_is_refused(text: str) -> None:
    with pytest.raises(QuestionError, match="expected a question, such as"):
        ask(text)


@pytest.mark.parametrize("text", [None, 7, b"gout", ["gout"]])
def test_what_is_not_text_is_refused_by_its_type(text: object) -> None:
    with pytest.raises(QuestionError, match=f"as text, found {type(text).__name__}"):
        ask(text)  # type: ignore[arg-type]


def test_half_a_character_is_refused() -> None:
    with pytest.raises(QuestionError, match="half a character"):
        ask("gout \ud800")


def test_a_question_is_at_most_2000_characters_long() -> None:
    assert ask("g" * MAX_LENGTH).text == "g" * MAX_LENGTH
    with pytest.raises(QuestionError, match="at most 2000 characters, found 2001"):
        ask("g" * (MAX_LENGTH + 1))


def test_a_long_question_of_many_words_takes_no_long_time() -> None:
    ask(QUESTION)
    for text in ("will " * 400, "relapse of autoimune " * 95, "how is " * 280, "(" * 2000):
        started = time.perf_counter()
        ask(text)
        # 20 to 60 ms on two cores: a bound that only a blow-up breaks
        assert time.perf_counter() - started < 2
