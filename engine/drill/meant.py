"""What a trainee means by a typed line: words to say, an act, a question, a document.

Nothing here knows what the playbooks want: the acts are those of the catalogue, in its order.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from engine.drill.catalogue import Act, Catalogue, Found

OFFERED = 4
CLEAR = 0.5  # an act with this score, and LEAD before the next one, is meant
ALONE = 0.25  # the only act that answers needs less
LEAD = 0.12
HARM = 0.85  # of a harmful act: nobody does harm by Enter who may have meant something else
HEAD = 4  # signs of an act that a text begins with, at least
WEAK = 0.5  # an act that answers so much less than the best one is not offered
_PREFIX = re.compile(
    r"(?P<how>说|问|发|办)(?:[\s\u3000]*[:：][\s\u3000]*|[\s\u3000]+)(?P<rest>.+)", re.DOTALL
)
_QUOTED = re.compile(r"(?:说[\s\u3000]*[:：，,]?[\s\u3000]*)?[“\"「『](?P<words>.+?)[”\"」』]?", re.DOTALL)
_KINDS: dict[str, tuple[str, ...]] = {"问": ("ask",), "发": ("issue",), "办": ("step", "harm")}
_MARK = re.compile(r"[，。；：、（！？]")
_NUMBER = re.compile(r"\d{2,}")
_ADDRESS = re.compile(
    r"(?<![诉对跟让给向叫帮知])(?:大家|各位)|您|老乡|乡亲|同志们|师傅|阿姨|大爷|大妈|对不起|对不住|抱歉|别急|谢谢"
)
_ORDER = re.compile(
    r"广播|引导|拿|喊|带[着领]|领着|扶|陪着|告诉|通知|打电话|打给|[问叫让派把去到给]|安排|联系|请示|报告|安抚|向"
)


class Meant(NamedTuple):
    """`say`: the words are said as they stand. `offer`: one of `acts`, best first; `clear`: the first of
    them is meant, `exact`: beyond doubt. `nothing`: no act answers to it; `speech`: it sounds like words
    to people, and no act is clear."""

    what: Literal["say", "offer", "nothing"]
    text: str
    acts: tuple[Act, ...] = ()
    clear: bool = False
    exact: bool = False
    speech: bool = False


def understand(catalogue: Catalogue, typed: str) -> Meant:
    """What a typed line (not empty) means. `说 …` and “…” are words; `问 …`, `发 …`, `办 …` name the kind."""
    text = typed.strip()
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return Meant("say", quoted["words"].strip())
    prefix = _PREFIX.fullmatch(text)
    how = prefix["how"] if prefix is not None else ""
    text = prefix["rest"].strip() if prefix is not None else text
    if how == "说":
        return Meant("say", text)
    found = _found(catalogue, text, how)
    speech = not how and bool(_ADDRESS.search(text)) and not _ORDER.match(text)
    if not found:
        return Meant("nothing", text, speech=speech)
    best = found[0]
    rivals = [entry.score for entry in found[1:] if _numbers(entry.act.text) >= _numbers(text)]
    exact = best.act.text == text
    clear = (
        exact
        or _headed(best.act, text)
        or (best.score >= CLEAR and best.score - max(rivals, default=0.0) >= LEAD)
        or (best.score >= ALONE and len(found) == 1)
    )
    if best.act.kind == "harm" and not (exact or _headed(best.act, text)):
        clear = clear and best.score >= HARM
    return Meant(
        "offer", text, tuple(entry.act for entry in found[:OFFERED]), clear, exact, speech and not clear
    )


def _found(catalogue: Catalogue, text: str, how: str) -> list[Found]:
    wanted = _KINDS.get(how)
    found = catalogue.find(text, most=len(catalogue.acts))
    same = [entry for entry in found if wanted is None or entry.act.kind in wanted]
    same = [entry for entry in same if entry.score >= WEAK * same[0].score]
    # 120 is not 110, however much the rest is alike
    return sorted(
        same,
        key=lambda entry: (
            entry.act.text != text,
            not _headed(entry.act, text),
            not _numbers(text) <= _numbers(entry.act.text),
            -entry.score,
        ),
    )


def _headed(act: Act, text: str) -> bool:
    """Whether a text begins as the act does, up to its first mark: 打120说有人摔倒."""
    head = _MARK.split(act.text)[0]
    return len(head) >= HEAD and text.startswith(head)


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))
