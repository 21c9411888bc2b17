"""What no shape can say: each fault by itself, with its path and its words, and nothing else beside it."""

from __future__ import annotations

from typing import Any

import pytest

from kit.sample_workflow import GONE, faults_of, ours, sample

RULE = ours("taken.talk")
STEP = {"title": "X", "by": ["lead"]}

ONE_FAULT: list[tuple[dict[str, Any], str, str, str]] = [
    # changes, path of the fault, part of what was got, part of what is wanted
    # names
    ({"acts__arrange": {**STEP, "in": "work"}}, "acts.arrange", "again", "no transition has"),
    ({"acts__status": {**STEP, "in": "work"}}, "acts.status", "status", "meaning of its own"),
    ({"acts__null": {**STEP, "in": "work"}}, "acts.null", "null", "rules could not ask"),
    ({"forms__words__in": {"type": "int"}}, "forms.words.in", "in", "rules could not ask"),
    ({"roles__talk": {"title": "T", "held_in": "subject"}}, "roles.talk", "again", "no step has"),
    ({"roles__anyone": {"title": "T", "held_in": "subject"}}, "roles.anyone", "anyone", "meaning of its own"),
    ({"evidence__papers__kinds__find": "Again"}, "evidence.finds.kinds.find", "again", "in `papers` already"),
    ({"transitions__arrange__requires__trained": RULE}, "transitions.arrange.requires.trained", "trained", "rechecked"),
    ({"roles__visitor__eligible__forgotten": RULE | {"rule": '"a" in person.related_to'}},
     "roles.visitor.eligible.forgotten", "forgotten", "refusal of this name"),
    # lists and forms
    ({"lists__mode__values": ["near", "far", "near"]}, "lists.mode.values", "twice", "once"),
    ({"lists__mode__titles__high": "High"}, "lists.mode.titles.high", "high", "titles for the values"),
    ({"forms__arrangement__mode__of": "modes"}, "forms.arrangement.mode.of", "modes", "did you mean `mode`?"),
    ({"forms__arrangement__mode__of": GONE}, "forms.arrangement.mode", "choice of nothing", "want `of:`"),
    ({"forms__result__topics__of": "long_text"}, "forms.result.topics.of", "long_text", "did you mean `text`?"),
    ({"forms__result__remark__of": "mode"}, "forms.result.remark.of", "`of` on a field of type long_text", "choice"),
    ({"forms__words__text__columns": {"a": {"type": "int"}}}, "forms.words.text.columns", "of type text", "rows"),
    ({"forms__words__text__over": "arrange.points"}, "forms.words.text.over", "of type text", "rows"),
    ({"forms__result__answers__over": "arrange.mode"}, "forms.result.answers.over", "of type choice", "type rows"),
    ({"forms__arrangement__points__columns": {}, "acts__answer__about": GONE, "evidence__finds__about": GONE},
     "forms.arrangement.points", "rows without columns", "want `columns:`"),
    ({"forms__arrangement__points__columns__box": {"type": "int"}}, "forms.arrangement.points.columns.box", "box",
     "another name"),
    ({"forms__arrangement__points__columns__id": {"type": "int"}}, "forms.arrangement.points.columns.id", "id",
     "something else"),
    ({"forms__arrangement__points__columns__many": {"type": "list", "of": "text"}},
     "forms.arrangement.points.columns.many.type", "of type list", "simple type"),
    ({"forms__arrangement__points__plain": True}, "forms.arrangement.points.plain", "rows", "columns"),
    ({"forms__arrangement__points__min": 10}, "forms.arrangement.points.max", "at most 9 but at least 10", "no larger"),
    ({"forms__arrangement__points__min": -1}, "forms.arrangement.points.min", "-1", "0 or more"),
    ({"forms__arrangement__first__min": 1}, "forms.arrangement.first.min", "of type date", "numbers"),
    # states and ways
    ({"stages__work__states__visited__initial": True}, "stages.work.states.visited.initial", "second", "`work.begun`"),
    ({"opens__to": "work.arranged"}, "opens.to", "work.arranged", "`work.begun`"),
    ({"opens__to": "begun"}, "opens.to", "begun", "did you mean `work.begun`?"),
    ({"stages__work__states__visited__clocks": "stopped"}, "stages.work.states.visited.clocks", "clocks", "side"),
    ({"transitions__report__from": ["visited"]}, "transitions.report.from[0]", "visited", "`work.visited`?"),
    ({"transitions__report__to": "after.opened"}, "transitions.report.to", "after.opened", "`after.open`?"),
    ({"transitions__report__to": "after"}, "transitions.report.to", "after", "did you mean"),
    ({"transitions__stop__from": "any"}, "transitions.stop.from", "final done, stopped", "`active`"),
    ({"transitions__stop__from": ["paused", "done"]}, "transitions.stop.from[1]", "final done", "no way out"),
    ({"transitions__report__to": "return"}, "transitions.report.to", "a return from work.visited", "side states"),
    # roles
    ({"roles__head__held_in": GONE}, "roles.head", "neither", "one of them"),
    ({"roles__helper__held_in": "subject"}, "roles.helper.held_in", "both", "one of them"),
    ({"roles__head__offered_by": ["lead"]}, "roles.head.offered_by", "not assigned", "beside"),
    ({"roles__helper__offered_by": GONE}, "roles.helper", "nobody who offers it", "offered_by"),
    ({"roles__helper__offered_by": ["leader"]}, "roles.helper.offered_by[0]", "leader", "did you mean `lead`?"),
    ({"roles__helper__assigned": "4..2"}, "roles.helper.assigned", "4..2", "2..4"),
    ({"roles__helper__assigned": "0..0"}, "roles.helper.assigned", "0..0", "one person"),
    ({"roles__first_visitor__among": "head"}, "roles.first_visitor.among", "held and not assigned", "`assigned:`"),
    ({"roles__helper__offered_by": ["helper"]}, "roles.helper", "no one can hold", "held first"),
    ({"roles__helper__ours": True}, "roles.helper.ours", "both", "one of them"),
    ({"roles__helper__source": " "}, "roles.helper.source", "empty", "the page"),
    ({"never_both": [["visitor", "head"]]}, "never_both[0][1]", "not assigned", "`assigned:`"),
    ({"never_both": [["visitor", "visitor"]]}, "never_both[0]", "twice", "different"),
    ({"roles__visitor__eligible__trained__waivable_by": ["boss"]}, "roles.visitor.eligible.trained.waivable_by[0]",
     "boss", "one of: head"),
    # steps
    ({"transitions__report__by": ["heed"]}, "transitions.report.by[0]", "heed", "did you mean `head`?"),
    ({"transitions__report__by": ["arrange.mode"]}, "transitions.report.by[0]", "of type choice", "person"),
    ({"transitions__report__by": ["arrange.mood"]}, "transitions.report.by[0]", "no field of arrange", "arrange.mode"),
    ({"transitions__report__by": ["arange.mode"]}, "transitions.report.by[0]", "no step", "`arrange`?"),
    ({"opens__by": ["visitor"]}, "opens.by[0]", "visitor", "before it opens"),
    ({"opens__by": ["anyone"]}, "opens.by[0]", "anyone", "before it opens"),
    ({"transitions__arrange__with": ["chair"]}, "transitions.arrange.with[0]", "chair", "one of: head"),
    ({"transitions__arrange__with": ["head", "head"]}, "transitions.arrange.with[1]", "again", "once"),
    ({"acts__talk__form": "word"}, "acts.talk.form", "word", "did you mean `words`?"),
    ({"transitions__report__evidence": {"finding": "1.."}}, "transitions.report.evidence.finding", "no kind", "find"),
    ({"transitions__visit__evidence__find": "5..1"}, "transitions.visit.evidence.find", "5..1", "1..5"),
    ({"transitions__arrange__recheck": ["head"]}, "transitions.arrange.recheck[0]", "not assigned", "`assigned:`"),
    ({"transitions__arrange__books__people": ["lead"]}, "transitions.arrange.books.people[0]", "not assigned", "`assi"),
    ({"transitions__arrange__books__first": "mode"}, "transitions.arrange.books.first", "mode", "one of: first, last"),
    ({"forms__arrangement__last__optional": True}, "transitions.arrange.books.last", "optional", "always given"),
    ({"transitions__arrange__requires__in_order__ours": GONE}, "transitions.arrange.requires.in_order", "neither",
     "say who decided"),
    ({"transitions__arrange__requires__in_order__source": "S1"}, "transitions.arrange.requires.in_order.ours", "both",
     "one of them"),
    ({"acts__answer__in": []}, "acts.answer.in", "empty list", "active"),
    ({"acts__answer__in": "afters"}, "acts.answer.in", "afters", "`after`?"),
    ({"acts__answer__about": "arrange.mode"}, "acts.answer.about", "of type choice", "rows"),
    ({"acts__answer__beside": "answer.text"}, "acts.answer.beside", "answer.text", "another step"),
    ({"evidence__papers__by": ["hed"]}, "evidence.papers.by[0]", "hed", "`head`?"),
    ({"evidence__papers__source": "S1"}, "evidence.papers.ours", "both", "one of them"),
    # deadlines
    ({"anchors__held__calendar": "x"}, "anchors.held", "`day_of` and `calendar`", "exactly one"),
    ({"anchors__held": {}}, "anchors.held", "nothing to go by", "exactly one"),
    ({"anchors__starts__field": "arrange.mode"}, "anchors.starts.field", "of type choice", "date"),
    ({"transitions__finish__due": {"day": "yeer"}}, "transitions.finish.due.day", "yeer", "`year`?"),
    ({"transitions__finish__due": {"days": 3}}, "transitions.finish.due", "counts from nothing", "`from`"),
    ({"transitions__finish__due": {"from": "year"}}, "transitions.finish.due", "without a unit", "school_days"),
    ({"transitions__finish__due": {"days": 1, "weeks": 1, "from": "year"}}, "transitions.finish.due",
     "`days` and `weeks`", "exactly one"),
    ({"transitions__finish__due": {"day": "year", "days": 1}}, "transitions.finish.due", "`day` and `days`", "itself"),
    ({"transitions__finish__due": {"years": 101, "from": "year"}}, "transitions.finish.due.years", "101", "100 years"),
    ({"acts__answer__due__1__days": 99999}, "acts.answer.due[1].days", "99999", "36,500"),
    ({"acts__talk__due": {"before": "warn"}}, "acts.talk.due.before", "no deadline", "`due:`"),
    ({"transitions__report__due__limit__limit": {"days": 1, "from": "held"}}, "transitions.report.due.limit.limit",
     "inside", "beside"),
    # seeing
    ({"visible__0__what": ["state"]}, "visible[0].what[0]", "state", "`status`?"),
    ({"visible__0__what": ["report.remarks"]}, "visible[0].what[0]", "report.remarks", "`report.remark`?"),
    ({"visible__0__to": ["heads"]}, "visible[0].to[0]", "heads", "`head`?"),
    ({"visible__1__from": "reported"}, "visible[1].from", "reported", "`report`?"),
    ({"visible__1__when": ["talks"]}, "visible[1].when[0]", "talks", "`talk`?"),
    ({"visible__2__consent_of": "hea"}, "visible[2].consent_of", "hea", "`head`?"),
    # rules
    ({"transitions__arrange__requires__in_order__rule": "form.first <= form.lst"},
     "transitions.arrange.requires.in_order.rule", "form.lst", "form.last"),
    ({"transitions__arrange__requires__in_order__rule": "size(assigned.visitor) >= 0"},
     "transitions.arrange.requires.in_order.rule", "size", "always met"),
]  # fmt: skip


def test_the_sample_itself_is_right():
    assert faults_of(sample()) == []


@pytest.mark.parametrize(("changes", "path", "got", "want"), ONE_FAULT, ids=[f"{r[1]}: {r[2]}" for r in ONE_FAULT])
def test_one_fault_is_said_once_at_its_place(changes, path, got, want):
    faults = faults_of(sample(**changes))
    assert [fault.path for fault in faults] == [path], "\n".join(map(str, faults))
    assert got in faults[0].got
    assert want in faults[0].want
    assert faults[0].line > 0
    assert faults[0].column > 0


def test_all_faults_are_said_at_once_in_the_order_of_the_file():
    faults = faults_of(sample(
        roles__helper__offered_by=["leader"], opens__by=["visitor"], visible__0__to=["heads"],
        acts__talk__form="results", acts__talk__due={"day": "never"},
    ))  # fmt: skip
    assert [fault.path for fault in faults] == [
        "roles.helper.offered_by[0]", "opens.by[0]", "acts.talk.form", "acts.talk.due.day", "visible[0].to[0]",
    ]  # fmt: skip
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


def test_the_place_is_where_the_author_wrote_it():
    text = (
        "workflow: w\ntitle: W\nedition: '1'\nsubject: project\n"
        "roles: {a: {title: A, held_in: subject}}\n"
        "stages:\n  s:\n    title: S\n    states: {x: {title: X, initial: true}}\n"
        "states: {z: {title: Z, final: true}}\n"
        "opens: {title: O, to: s.x, by: [a]}\n"
        "transitions:\n"
        "  go: {title: G, from: s.x, to: z, by: [a, b]}\n"
        "  unsourced:\n    title: U\n    from: s.x\n    to: z\n    by: [a]\n"
        "    requires:\n      named:\n        rule: day > '2020'\n        else: too early\n"
    )
    faults, lines = faults_of(text), text.splitlines()
    assert [fault.path for fault in faults] == ["transitions.go.by[1]", "transitions.unsourced.requires.named"]
    assert [lines[f.line - 1][f.column - 1 :] for f in faults] == ["b]}", "named:"]


@pytest.mark.parametrize(
    "changes",
    [
        {"states__paused__final": True},
        {"stages__work__states__begun__initial": GONE},
        {"stages__work__states__begun__final": True},
        {"states__paused__side": GONE},
    ],
)
def test_a_state_has_one_nature_and_one_is_the_first(changes):
    assert faults_of(sample(**changes))


def test_deadlines_that_wait_for_each_other_are_refused_at_each_of_them():
    faults = faults_of(sample(transitions__report__due={"before": "talk"}))
    assert [fault.path for fault in faults] == ["transitions.report.due.before", "acts.talk.due.before"]
    assert faults_of(sample(transitions__report__due={"before": "report"}))[0].path == "transitions.report.due.before"


def test_a_circle_may_pass_through_what_applies_otherwise():
    due = {"days": 1, "from": "held", "otherwise": {"before": "talk"}}
    faults = faults_of(sample(transitions__report__due=due))
    assert [fault.path for fault in faults] == ["transitions.report.due.otherwise.before", "acts.talk.due.before"]


MANY: list[tuple[str, str, dict[str, Any]]] = [
    (
        "stages",
        "207 states",
        {"stages__more": {"title": "More", "states": {f"s{n}": {"title": "S"} for n in range(200)}}},
    ),
    ("transitions", "211 steps", {f"acts__a{n}": {**STEP, "in": "work"} for n in range(200)}),
    ("roles", "105 roles", {f"roles__r{n}": {"title": "R", "held_in": "subject"} for n in range(100)}),
    ("transitions", "303 rules", {f"acts__talk__requires__r{n}": RULE for n in range(300)}),
    ("forms", "1013 fields", {f"forms__result__f{n}": {"type": "int"} for n in range(1000)}),
]


@pytest.mark.parametrize(("path", "got", "changes"), MANY, ids=[row[1] for row in MANY])
def test_too_much_of_anything_is_refused_before_anything_slow(path, got, changes):
    assert [(fault.path, fault.got) for fault in faults_of(sample(**changes))] == [(path, got)]


def test_a_step_may_be_called_limit():
    changed = sample(acts__limit={**STEP, "in": "work", "due": {"days": 1, "from": "year", "limit": {"day": "year"}}})
    assert faults_of(changed) == []
