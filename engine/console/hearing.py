"""A sentence typed at any prompt: danger to life at once, everything else after one confirmation."""

from __future__ import annotations

from typing import NamedTuple

from engine.conditions import Answer
from engine.console import replies
from engine.console.desk import GENERAL, merged
from engine.console.replies import Picked
from engine.console.talk import Again, Talk
from engine.model import Playbook
from engine.triage import ACTIVE, Triage, triage
from engine.triage.safety import KINDS
from engine.words import shown


class Offer(NamedTuple):
    """Something heard that waits for a yes: a fact with its answer, or a playbook."""

    fact: str = ""
    answer: Answer | None = None
    playbook: str = ""


class Hearing:
    """Understands reports for one conversation."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.session, self.t = talk, talk.session, talk.t

    def report(self, text: str) -> None:
        """Take a report in."""
        session, talk = self.session, self.talk
        for _ in range(2):  # another terminal may be faster; a report is true whatever the state
            if talk.do(lambda: session.perform("reported", {"text": text}), text) is not None:
                break
        else:
            return
        result = triage(text, session.library)
        alarmed = self._danger(result)
        offers = self._offers(result)
        if offers:
            self._confirm(offers, result)
        elif not alarmed:
            self.t.line("记下了，照原来的往下。", "good")

    def danger(self, text: str) -> bool:
        """Raise the alarm if the words speak of danger; nothing else is taken from them."""
        return self._danger(triage(text, self.session.library))

    def _danger(self, result: Triage) -> bool:
        keys = self.talk.danger_keys(result.safety.kinds)
        if not keys:
            return False
        state = self.session.state
        told = "、".join(self.session.ruleset.facts[key].label for key in keys)
        self.t.line(f"危险：{told}！先保人。", "alarm")
        fresh = [key for key in keys if state.facts.get(key) != Answer("known", True)]
        for key in fresh:
            self.talk.do(lambda key=key: self.session.answer(key, Answer("known", True), how="reported"))  # type: ignore[misc]
        if not fresh:
            for number, words in enumerate(result.safety.do_first[:3], 1):
                self.t.line(self.session.words().fill(words), "act", first=f"{number:>2} ")
        return True

    def _offers(self, result: Triage) -> list[Offer]:
        """What was heard beside danger, and is news."""
        session = self.session
        dangers = set(KINDS)
        facts: dict[str, Answer] = {}
        for heard in result.facts:
            fact = session.ruleset.facts.get(heard.fact)
            if fact is not None and heard.fact.rpartition(".")[2] not in dangers:
                before = facts.get(heard.fact, session.state.facts.get(heard.fact))
                facts[heard.fact] = merged(fact.kind, before, heard.value)
        for key, answer in self._active_facts():
            facts.setdefault(key, answer)
        known = session.state.facts
        offers = [Offer(key, answer) for key, answer in facts.items() if known.get(key) != answer]
        fresh = [
            match
            for match in result.matches
            if match.playbook != GENERAL and match.playbook not in session.state.active
        ]
        sure = [match.playbook for match in fresh if match.score >= ACTIVE]
        if any(id in result.doubt for id in sure):  # then what it may be instead is named, too
            sure += [m.playbook for m in fresh if m.playbook in result.doubt and m.playbook not in sure]
        return offers + [Offer(playbook=id) for id in sure]

    def _active_facts(self) -> list[tuple[str, Answer]]:
        """Facts of the active playbooks: triage looks only at those that the sentence itself speaks for."""
        from engine.triage import heard_facts

        session = self.session
        text = session.state.notes[-1][2] if session.state.notes else ""
        found: dict[str, Answer] = {}
        dangers = set(KINDS)
        for heard in heard_facts(text, session.ruleset.facts.values()):
            fact = session.ruleset.facts[heard.fact]
            if heard.fact.rpartition(".")[2] not in dangers:
                before = found.get(heard.fact, session.state.facts.get(heard.fact))
                found[heard.fact] = merged(fact.kind, before, heard.value)
        return list(found.items())

    def _confirm(self, offers: list[Offer], result: Triage) -> None:
        self.t.line("从这句话听出：")
        for number, offer in enumerate(offers, 1):
            self.t.line(self._told(offer), "act", first=f"{number:>2} ")
        several = len(offers) > 1
        unsure = [offer for offer in offers if offer.playbook and offer.playbook in result.doubt]
        usual = [offer for offer in offers if offer not in unsure] if len(unsure) > 1 else offers
        keep = "；打号只要其中几个" if several else ""
        told = f"Enter＝{'都' if several else ''}对{keep}；0＝只记下这句话"
        if usual != offers:  # none of those in doubt starts without being named
            self.t.line("拿不准是哪一类，要哪一个请打号，可几个。", "soon")
            told = f"Enter＝{'只记前面的' if usual else '都不启用'}；0＝只记下这句话"
        self.t.line(told, "quiet", first="   ")
        while True:
            reply = self.talk.ask(lambda text: replies.pick(text, len(offers), several=True), "对吗> ")
            if not isinstance(reply, Again):
                break
        chosen = usual
        if isinstance(reply, Picked):
            chosen = [offers[number - 1] for number in reply.numbers if number]
        for offer in chosen:
            self._take(offer, result)

    def _told(self, offer: Offer) -> str:
        if offer.playbook:
            return f"另有一类事：{self._playbook(offer.playbook).title}（启用这个剧本）"
        fact = self.session.ruleset.facts[offer.fact]
        before = self.session.state.facts.get(offer.fact)
        was = f"（原来：{shown(fact, before)}）" if before is not None else ""
        return f"{fact.label or fact.ask}：{shown(fact, offer.answer)}{was}"

    def _playbook(self, id: str) -> Playbook:
        return next(playbook for playbook in self.session.library.playbooks if playbook.id == id)

    def _take(self, offer: Offer, result: Triage) -> None:
        session = self.session
        if not offer.playbook:
            assert offer.answer is not None
            answer, before = offer.answer, session.state.facts.get(offer.fact)
            how = "changed" if before is not None and before.state == "known" else "reported"
            self.talk.do(lambda: session.answer(offer.fact, answer, how=how))
            return
        self.talk.do(lambda: session.perform("activated", {"playbook": offer.playbook}))
        own = {fact.key: fact for fact in self._playbook(offer.playbook).facts}
        for heard in result.facts:
            if heard.fact in own and heard.fact in session.ruleset.facts:
                answer = merged(own[heard.fact].kind, session.state.facts.get(heard.fact), heard.value)
                if session.state.facts.get(heard.fact) != answer:
                    self.talk.do(lambda key=heard.fact, a=answer: session.answer(key, a, how="reported"))  # type: ignore[misc]
