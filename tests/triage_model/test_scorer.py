"""The scorer against scikit-learn, its explanation against its margin, and odd input."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage_model.corpus import Example
from triage_model.labels import LABELS, OUT_OF_SCOPE
from triage_model.normalise import fold
from triage_model.scorer import AbstainReason, Classification, Model
from triage_model.training import Trained, train

ODD = {
    "empty": "",
    "blank": " \n\t　",
    "one character": "補",
    "emoji": "😀👍🏽🏭",
    "punctuation": "？？！……",
    "control characters": "\x00\x07\x1b\u202e",
    "a lone surrogate": "\ud83d",
    "only a phone number": "0912-345-678",
    "digits": "31415926535",
    "Simplified": "请问工厂想做碳盘查，有什么补助可以申请吗",
    "English": "We are looking for a carbon inventory consultant for our factory.",
    "Japanese": "補助金の申請方法を教えてください。",
    "HTML": "<script>alert(1)</script><p>想申請補助&nbsp;</p>",
    "20,000 characters": "我們工廠想汰換鍋爐。" * 2000,
}
SAYS_NOTHING = {
    "empty", "blank", "emoji", "punctuation", "control characters", "a lone surrogate", "only a phone number",
    "digits",
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(model: Model) -> dict[str, Classification]:
    return {name: model.classify(text) for name, text in ODD.items()}


def test_probabilities_equal_those_of_scikit_learn(
    model: Model, trained: Trained, examples: list[Example]
) -> None:
    texts = [e.text for e in examples] + [text for name, text in ODD.items() if name not in SAYS_NOTHING]
    folded = [fold(text).text for text in texts]
    manifest = trained.artefact.manifest
    decided = trained.pipeline.decision_function(folded) * manifest.temperature
    decided[:, list(trained.pipeline.classes_).index(OUT_OF_SCOPE)] += manifest.scope_offset
    raised = np.exp(decided)
    for text, shares in zip(texts, raised / raised.sum(axis=1, keepdims=True), strict=True):
        wanted = dict(zip(trained.pipeline.classes_, shares, strict=True))
        assert dict(model.classify(text).ranking) == pytest.approx(wanted, abs=1e-9)


def check(text: str, said: Classification) -> None:
    labels = [label for label, _ in said.ranking]
    probabilities = [probability for _, probability in said.ranking]
    assert sorted(labels) == sorted(LABELS)
    assert probabilities == sorted(probabilities, reverse=True)
    assert math.fsum(probabilities) == pytest.approx(1.0)
    assert said.ranking[0] == (said.category, said.probability)
    assert 1 <= len(said.shortlist) <= 3
    assert list(said.shortlist) == labels[: len(said.shortlist)]
    assert said.abstain == (said.abstain_reason is not None)
    weights = [abs(term.weight) for term in said.terms]
    assert weights == sorted(weights, reverse=True)
    for term in said.terms:
        assert term.spans
        assert all(0 <= a < b <= len(text) for a, b in term.spans)


@given(text=st.text(max_size=300))
def test_any_text_gets_a_whole_answer(model: Model, text: str) -> None:
    check(text, model.classify(text))


@given(data=st.data())
@settings(max_examples=60)
def test_what_the_terms_contribute_adds_up_to_the_lead_over_the_runner_up(
    model: Model, trained: Trained, examples: list[Example], data: st.DataObject
) -> None:
    parts = data.draw(st.lists(st.sampled_from([e.text for e in examples]), min_size=1, max_size=3))
    text = data.draw(st.text(max_size=20)) + "".join(parts)
    said = model.classify(text)
    check(text, said)
    assert math.fsum(term.weight for term in said.terms) == pytest.approx(said.margin, abs=1e-9)
    decided = dict(
        zip(trained.pipeline.classes_, trained.pipeline.decision_function([fold(text).text])[0], strict=True)
    )
    (winner, _), (runner_up, _) = said.ranking[:2]
    assert said.margin == pytest.approx(float(decided[winner] - decided[runner_up]), abs=1e-9)


def test_features_of_the_same_place_are_shown_once(model: Model, examples: list[Example]) -> None:
    for example in examples[::20]:
        shown = [term.spans for term in model.classify(example.text).terms]
        assert len(shown) == len(set(shown))


def test_a_term_is_spelt_and_marked_as_it_was_written(model: Model) -> None:
    text = "請問ＣＢＡＭ要怎麼申報？臺灣的廠商需要嗎"
    shown = {term.text: term.spans for term in model.classify(text).terms}
    assert "cbam" not in shown
    assert shown["怎麼"] == ((7, 9),)
    for spelt, spans in shown.items():
        assert text[slice(*spans[0])] == spelt


def test_a_masked_number_is_named_and_not_shown(examples: list[Example]) -> None:
    text = "我是王先生，電話0912-345-678，想問補助"
    numbered = [replace(examples[0], id=f"m{place}", text=text, family="m") for place in range(2)]
    knows_masks = train([*examples, *numbered], version="m", corpus_digest="")
    said = Model(knows_masks.artefact).classify(text)
    assert ((8, 20),) in {term.spans for term in said.terms if term.text == "〔電話〕"}
    assert not any("0912" in term.text or "\ue000" in term.text for term in said.terms)


@pytest.mark.parametrize("name", ODD)
def test_odd_input_gets_a_whole_answer(answers: dict[str, Classification], name: str) -> None:
    check(ODD[name], answers[name])


@pytest.mark.parametrize("name", sorted(SAYS_NOTHING))
def test_a_text_that_says_nothing_is_left_to_a_person(answers: dict[str, Classification], name: str) -> None:
    assert answers[name].abstain_reason is AbstainReason.EMPTY_TEXT


@pytest.mark.parametrize("name", ["English", "Japanese"])
def test_a_text_in_words_never_seen_is_left_to_a_person(
    answers: dict[str, Classification], name: str
) -> None:
    assert answers[name].abstain


def test_both_scripts_get_the_same_answer(model: Model) -> None:
    traditional, simplified = "請問工廠要換鍋爐有沒有補助", "请问工厂要换锅炉有没有补助"
    assert model.classify(traditional).ranking == model.classify(simplified).ranking


def test_a_text_that_is_none_of_the_desks_business_is_never_decided_alone(
    model: Model, examples: list[Example]
) -> None:
    outside = [model.classify(e.text) for e in examples if e.label == OUT_OF_SCOPE]
    assert all(said.abstain for said in outside if said.category == OUT_OF_SCOPE)
    assert any(said.category == OUT_OF_SCOPE for said in outside)


def test_what_the_model_never_learnt_is_a_share_of_the_text(model: Model, examples: list[Example]) -> None:
    known, strange = model.unknown_share(examples[0].text), model.unknown_share("鱷魚踢躂舞")
    assert 0.0 <= known < 0.2 < strange <= 1.0
    assert model.unknown_share("") == 1.0
