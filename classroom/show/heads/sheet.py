"""How the head view looks: its colours and its style sheet. Everything that answers to a hand is done here, by CSS."""

from __future__ import annotations

from classroom.show import style

# Okabe and Ito's eight, the darkest first: yellow and black come last.
COLOURS = (
    style.BLUE,
    style.VERMILLION,
    style.GREEN,
    style.PURPLE,
    style.ORANGE,
    style.SKY,
    style.YELLOW,
    style.BLACK,
)
LIGHT = {style.ORANGE, style.SKY, style.YELLOW, style.PURPLE, style.GREEN}  # black type reads better on these
ROW = 27  # pixels from word to word
FIELD = 170  # pixels: the width of the lines
FAN = 0.56  # of a row: over so much the lines of the heads are spread, so that one does not cover another


def colour(head: int) -> str:
    """The colour of a head; from the ninth on they come again."""
    return COLOURS[head % len(COLOURS)]


def offset(head: int, heads: int) -> float:
    """How far below the middle of a word the lines of a head begin and end, in rows."""
    return (head - (heads - 1) / 2) * FAN / heads


def sheet(view: str, kinds: list[str], layers: int, heads: int, split: bool) -> str:
    """The style sheet of one view. view: its id. Its controls are siblings that stand before the stage, in this order:
    kind, layer, heads, one head, sentences; `:checked ~` carries what they say to the stage."""
    v = f"#{view}"
    rules = [_BASE.replace("#v", v)]
    for k in range(len(kinds)):
        for layer in range(layers):
            rules.append(f"{v} .ik{k}:checked~.il{layer}:checked~.st>.k{k}.l{layer}{{display:block}}")
    for head in range(heads):
        c, ink = colour(head), "#000" if colour(head) in LIGHT else "#fff"
        rules += [
            f"{v} .ih{head}{{border-color:{c}}}{v} .ih{head}:checked{{background:{c};border-color:{c};color:{ink}}}",
            f"{v} .ls .h{head}{{stroke:{c};transform:translateY({offset(head, heads):.3f}px)}}",
            f"{v} .say .h{head}{{border-color:{c}}}",
            f"{v} .ih{head}:not(:checked)~.st .h{head}{{display:none}}",
        ]
    for head in range(heads):  # after the rules above, which they overrule
        rules.append(
            f"{v} .io{head}:checked~.st .w .hd{{display:none}}{v} .io{head}:checked~.st .w .h{head}{{display:block}}"
        )
    if split:
        rules.append(_SENTENCES.replace("#v", v))
    return "".join(rules)


_BASE = f"""
#v{{background:#fff;color:{style.INK};font:15px/1.4 system-ui,sans-serif;padding:6px 8px;overflow-x:auto}}
#v .still{{display:none}}
#v .live{{display:flex!important;flex-wrap:wrap;align-items:center;gap:5px;margin:0}}
#v .live>b{{flex:0 0 78px;font-weight:400;color:{style.GREY}}}#v .live>i{{flex:0 0 100%;height:0}}
#v .t{{flex:0 0 100%;margin:0;font-size:17px}}
#v input{{appearance:none;-webkit-appearance:none;margin:0;min-width:30px;height:26px;padding:0 9px;
border:2px solid #777;border-radius:5px;background:#fff;color:{style.INK};font:14px/1 system-ui,sans-serif;
cursor:pointer;display:inline-flex;align-items:center;justify-content:center;box-shadow:none}}
#v input[hidden]{{display:none}}
#v input::before{{content:attr(data-t);position:static;transform:none;width:auto;height:auto;
background:none;box-shadow:none}}
#v input:checked{{background:{style.INK};border-color:{style.INK};color:#fff}}
#v input:focus-visible,#v .w:focus-visible{{outline:3px solid {style.BLUE};outline-offset:1px}}
#v .st{{flex:0 0 100%;margin:6px 0 0}}
#v .k{{display:none;position:relative;pointer-events:none}}
#v .w,#v .c{{position:absolute;height:{ROW}px;line-height:{ROW}px;white-space:nowrap}}
#v .w{{left:0;text-align:right;padding-right:7px;box-sizing:border-box;pointer-events:auto;
border-radius:4px;cursor:default}}
#v .w:hover,#v .w:focus{{background:#e6f0f7}}
#v .ls{{position:absolute;left:100%;width:{FIELD}px;max-width:none;pointer-events:none;
overflow:visible;fill:none;stroke-width:2.2}}
#v .ls path{{vector-effect:non-scaling-stroke}}
#v .say{{position:absolute;display:none;width:270px;margin:0;text-align:left;
white-space:normal;line-height:1.4;pointer-events:none}}
#v .say span{{display:block;border-left:5px solid;padding-left:7px;margin-top:2px}}
#v .say i{{display:block;font-style:normal}}
#v .k:hover .ls,#v .k:focus-within .ls{{visibility:hidden}}
#v .k .w:hover .ls,#v .k:not(:hover) .w:focus .ls{{visibility:visible}}
#v .w:hover .say,#v .k:not(:hover) .w:focus .say{{display:block}}
#v .k:hover .how,#v .k:focus-within .how{{display:none}}
#v .how{{position:absolute;width:270px;margin:0;color:{style.GREY}}}
#v .n{{margin:4px 0 0;color:{style.GREY}}}
#v details{{margin-top:6px}}#v table{{border-collapse:collapse;margin:6px 0;font-size:13px}}
#v th,#v td{{border:1px solid #ccc;padding:2px 7px;text-align:left}}
"""

_SENTENCES = """
#v .fa:checked~.st .w.b,#v .fb:checked~.st .w.a{opacity:.35}
#v .fa:checked~.st .w.b .ls,#v .fb:checked~.st .w.a .ls,
#v .fa:checked~.st .w.b .say,#v .fb:checked~.st .w.a .say{display:none}
#v .ta:checked~.st .w .xb,#v .tb:checked~.st .w .xa{display:none}
#v .ta:checked~.st .c.b,#v .tb:checked~.st .c.a{opacity:.35}
"""
