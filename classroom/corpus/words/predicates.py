"""The verbs and adjectives of the corpus, and what may be said with each."""

from __future__ import annotations

from dataclasses import dataclass

from classroom.corpus.words.nouns import Noun, Place, nouns, places


@dataclass(frozen=True, eq=False)
class Verb:
    """stem: the Korean stem; kind: how it changes (see hangul.infinitive). english: base, third person, past; after:
    an English word that belongs to it, as "to" in "listen to".

    people: whether people do it. animals: those that do. objects: what it is done to, or, with complement "on", what
    one does it on. pronoun: whether a pronoun may stand there too. where: the places where it happens.
    complement: "" or what it takes beside the object: "on", "goal" (where one goes), "recipient".

    tenses: those it is used in, as often as they stand there. times: the kinds of time that fit (see nouns.Time).
    state: no event, so no place, no time and no part in a chain of events. light: negated with -지 않다 only.
    seated: whether one does it sitting, lying or standing.

    Of the object. creates: it comes to be by it, so that there is no telling before whose it is, or which; depicts: it
    is but a picture then; consumes: little is left of it; gains: it is one's own only then. most: how many it may be.

    then: how Korean goes on to what the same one does next: "고", "아서" (after a motion or posture, which the next
    clause keeps), or "" where nothing may follow.
    """

    stem: str
    english: tuple[str, str, str]
    people: bool = True
    animals: tuple[Noun, ...] = ()
    objects: tuple[Noun, ...] = ()
    where: tuple[Place, ...] = ()
    kind: str = ""
    after: str = ""
    complement: str = ""
    pronoun: bool = False
    tenses: tuple[str, ...] = ("past", "past", "present", "future")
    times: tuple[str, ...] = ("day",)
    state: bool = False
    light: bool = False
    seated: bool = False
    creates: bool = False
    depicts: bool = False
    consumes: bool = False
    gains: bool = False
    most: int = 10
    then: str = "고"

    @property
    def root(self) -> str:
        """The noun of a noun + 하다, "" of any other verb."""
        return self.stem[:-1] if self.light and self.stem.endswith("하") else ""


@dataclass(frozen=True, eq=False)
class Adjective:
    """stem: the Korean stem; "" for a word that only stands before a noun, as `form`. nouns: what it fits. human:
    whether it fits names and pronouns too. passing: whether it may pass, so that a time fits. acquired: whether
    nothing is so as soon as it is made. long: negated with -지 않다 only. kind: how the stem changes (see
    hangul.infinitive)."""

    stem: str
    english: str
    nouns: tuple[Noun, ...]
    kind: str = ""
    form: str = ""
    human: bool = False
    passing: bool = False
    long: bool = False
    acquired: bool = False

    @property
    def root(self) -> str:
        """What stands before 하다, "" where there is none."""
        return self.stem[:-1] if self.stem.endswith("하") else ""


DONE = ("past", "past", "future")  # of what is over as soon as it happens, no present
OFTEN, WIDE, ANY = ("day", "often"), ("day", "wide"), ("day", "often", "wide")  # kinds of time


def _verb(stem, english, objects="", where="", animals="", **more) -> Verb:
    more = {"english": tuple(english.split()), "objects": nouns(objects), "where": places(where)} | more
    return Verb(stem, animals=nouns(animals), **more)


_ON = {"complement": "on", "times": OFTEN}
_GOAL = {"complement": "goal", "then": "아서", "times": ANY}
_FEELING = {"state": True, "tenses": ("past", "present", "present")}
_AREAS = "library hospital restaurant shop market station park garden river sea mountains village city seoul busan"
_GOODS = "bag hat watch box ball key umbrella cup knife text image flower"
_HOMELY = "home school library park garden"

VERBS = (
    # where one is
    _verb("앉", "sit sits sat", "floor seat", animals="pet", then="아서", **_ON),
    _verb("눕", "lie lies lay", "floor seat", animals="pet", kind="ㅂ", then="아서", **_ON),
    _verb("서", "stand stands stood", "mat rug chair bench", animals="pet", then="아서", **_ON),
    _verb("자", "sleep sleeps slept", "floor seat", animals="pet", then="", **_ON),
    _verb("가", "go goes went", where=f"home school {_AREAS}", **_GOAL),
    _verb("오", "come comes came", where=f"home school {_AREAS}", **_GOAL),
    # what one does
    _verb("달리", "run runs ran", where="park garden mountains village", animals="pet beast", times=OFTEN),
    _verb(
        "걷",
        "walk walks walked",
        where="park garden mountains village",
        animals="pet beast duck goose",
        kind="ㄷ",
        times=OFTEN,
    ),
    _verb("쉬", "rest rests rested", where="home park garden village", animals="pet beast", times=OFTEN, then=""),
    _verb("놀", "play plays played", where="home school park garden", animals="pet", times=OFTEN),
    _verb("웃", "laugh laughs laughed", where="home school park restaurant", times=OFTEN, seated=True),
    _verb("울", "cry cries cried", where="home school hospital park station", times=OFTEN, seated=True),
    _verb("춤추", "dance dances danced", where="home school park restaurant garden", times=OFTEN, light=True),
    _verb(
        "일하",
        "work works worked",
        where="home school library hospital restaurant shop market station garden seoul busan",
        times=ANY,
        light=True,
    ),
    _verb("수영하", "swim swims swam", where="river sea", times=OFTEN, light=True),
    # what one does to something
    _verb(
        "먹",
        "eat eats ate",
        "fruit meal",
        "home kitchen restaurant park garden",
        times=OFTEN,
        seated=True,
        consumes=True,
        most=5,
    ),
    _verb(
        "마시",
        "drink drinks drank",
        "drink",
        "home kitchen restaurant park garden station",
        times=OFTEN,
        seated=True,
        most=5,
    ),
    _verb("읽", "read reads read", "text message", f"{_HOMELY} station", seated=True, most=3),
    _verb(
        "쓰",
        "write writes wrote",
        "book novel message",
        "home school library park",
        times=WIDE,
        seated=True,
        creates=True,
        most=3,
    ),
    _verb(
        "그리",
        "draw draws drew",
        "picture flower tree pet beast bird",
        "home school park garden",
        times=WIDE,
        creates=True,
        depicts=True,
        most=3,
    ),
    _verb(
        "사", "buy buys bought", f"{_GOODS} fruit vehicle floor seat", "shop market seoul busan", times=WIDE, gains=True
    ),
    _verb("팔", "sell sells sold", f"{_GOODS} fruit vehicle floor seat", "shop market seoul busan", times=WIDE),
    _verb(
        "찾", "find finds found", f"{_GOODS} message pet child", f"{_HOMELY} station", tenses=DONE, times=WIDE, most=3
    ),
    _verb(
        "잃어버리",
        "lose loses lost",
        "bag hat watch ball key umbrella text image message dog cat puppy",
        "school library park market station seoul",
        tenses=("past",),
        times=WIDE,
        most=3,
    ),
    _verb(
        "만들", "make makes made", "soup bread cheese bag hat box chair bed bench", "home school", creates=True, most=3
    ),
    _verb("씻", "wash washes washed", "apple orange peach tomato potato cup knife", "home kitchen restaurant", most=5),
    _verb(
        "자르",
        "cut cuts cut",
        "apple orange peach tomato potato bread meat cheese",
        "home kitchen restaurant",
        kind="르",
        most=5,
    ),
    _verb("굽", "bake bakes baked", "bread potato apple", "home kitchen restaurant", kind="ㅂ", creates=True, most=3),
    _verb("부르", "sing sings sang", "song", "home school park restaurant", kind="르", seated=True, most=3),
    _verb(
        "듣",
        "listen listens listened",
        "song music",
        _HOMELY.replace("library ", ""),
        kind="ㄷ",
        after="to",
        times=OFTEN,
        seated=True,
        most=3,
    ),
    _verb("배우", "learn learns learned", "subject", "home school library seoul", times=ANY),
    _verb(
        "공부하",
        "study studies studied",
        "subject",
        "home school library seoul",
        times=ANY,
        light=True,
        seated=True,
    ),
    _verb("운전하", "drive drives drove", "car", "village city seoul busan", light=True, most=1),
    _verb("타", "ride rides rode", "bicycle horse", "park village mountains", then="", most=1),  # 타고: on its back
    _verb(
        "고치", "repair repairs repaired", "vehicle seat watch umbrella door window", "home school", times=WIDE, most=3
    ),
    _verb(
        "짓",
        "build builds built",
        "house",
        "village city seoul busan mountains",
        kind="ㅅ",
        times=("wide",),
        creates=True,
        most=3,
    ),
    _verb("열", "open opens opened", "opening bag box", "home school library", most=3),
    _verb("닫", "close closes closed", "opening bag box", "home school library", most=3),
    _verb("깨", "break breaks broke", "window cup", "home kitchen restaurant", tenses=("past",), consumes=True, most=3),
    _verb(
        "찍",
        "take takes took",
        "photo",
        "park garden mountains village city seoul busan",
        times=WIDE,
        creates=True,
        most=3,
    ),
    _verb("심", "plant plants planted", "flower tree potato", "garden park village", times=WIDE, most=5),
    _verb("잡", "catch catches caught", "bird rabbit ball", "park garden", animals="cat dog", tenses=DONE, most=3),
    # what one does to somebody
    _verb("보", "see sees saw", "name person pet bird", "home park garden village market", "pet", pronoun=True, most=5),
    _verb(
        "기다리",
        "wait waits waited",
        "name person",
        "home school library hospital station park",
        after="for",
        pronoun=True,
        seated=True,
        most=5,
    ),
    _verb("돕", "help helps helped", "name person", "home school hospital market", kind="ㅂ", pronoun=True, most=5),
    _verb(
        "만나",
        "meet meets met",
        "name person",
        "school library restaurant market station park seoul busan",
        pronoun=True,
        times=WIDE,
        most=5,
    ),
    _verb("쫓", "chase chases chased", "cat rabbit bird", "park garden village", "pet wolf fox", people=False, most=5),
    _verb(
        "따르",
        "follow follows followed",
        "person name",
        "park garden village",
        "dog puppy",
        people=False,
        pronoun=True,
        most=5,
    ),
    _verb("기르", "raise raises raised", "pet horse sheep duck goose", kind="르", state=True),
    _verb("좋아하", "like likes liked", "name person pet fruit meal drink subject", pronoun=True, **_FEELING),
    _verb("사랑하", "love loves loved", "name person pet", pronoun=True, light=True, **_FEELING),
    # what one does with something for somebody
    _verb(
        "주",
        "give gives gave",
        f"{_GOODS} fruit message",
        "home school park restaurant",
        complement="recipient",
        most=5,
    ),
    _verb("보내", "send sends sent", f"{_GOODS} message", complement="recipient", times=WIDE, most=5),
    _verb("던지", "throw throws threw", "ball key hat", "school park garden", complement="recipient", most=3),
    _verb(
        "가르치",
        "teach teaches taught",
        "subject",
        "home school library",
        complement="recipient",
        times=ANY,
    ),
)

_BAGS = "bag hat box umbrella"
_ADULTS = "teacher doctor man woman friend cook artist singer farmer neighbour nurse engineer"

ADJECTIVES = (
    Adjective(
        "크",
        "big",
        nouns(
            "cat dog rabbit beast bird apple orange peach tomato potato bag hat box ball umbrella cup knife picture "
            "floor seat car flower tree house opening"
        ),
    ),
    Adjective(
        "작",
        "small",
        nouns("pet bird fruit thing picture floor seat vehicle flower tree house opening"),
    ),
    Adjective("예쁘", "pretty", nouns("cat puppy bird bag hat watch cup umbrella postcard floor flower")),
    Adjective("귀엽", "cute", nouns("pet duck child"), kind="ㅂ"),
    Adjective("", "new", nouns("thing floor seat vehicle text song house door window"), form="새"),
    Adjective("", "old", nouns("thing floor seat vehicle text image song house door"), form="오래된", acquired=True),
    Adjective("", "white", nouns(f"pet horse goose duck rose {_BAGS} cup floor seat vehicle house"), form="하얀"),
    Adjective("", "black", nouns(f"pet horse {_BAGS} floor chair sofa vehicle"), form="검은"),
    Adjective("", "red", nouns(f"apple tomato flower {_BAGS} ball cup floor chair sofa vehicle door"), form="빨간"),
    Adjective("", "blue", nouns(f"{_BAGS} ball cup floor chair sofa vehicle door"), form="파란"),
    Adjective("비싸", "expensive", nouns("bag hat watch umbrella knife image floor seat vehicle house"), acquired=True),
    Adjective("무겁", "heavy", nouns("bag box seat"), kind="ㅂ"),
    Adjective("가볍", "light", nouns("bag box umbrella blanket chair bicycle"), kind="ㅂ"),
    Adjective("따뜻하", "warm", nouns("water milk bread soup rice blanket"), long=True),
    Adjective("차갑", "cold", nouns("drink"), kind="ㅂ"),
    Adjective("뜨겁", "hot", nouns("water coffee tea soup"), kind="ㅂ"),
    Adjective("맛있", "delicious", nouns("apple orange peach tomato meal milk juice coffee tea"), long=True),
    Adjective("재미있", "interesting", nouns("text"), long=True),
    Adjective("길", "long", nouns("novel letter song")),
    Adjective("짧", "short", nouns("novel letter song")),
    Adjective("유명하", "famous", nouns("doctor cook artist singer text image song"), long=True, acquired=True),
    Adjective("친절하", "kind", nouns("person"), human=True, long=True),
    Adjective("똑똑하", "clever", nouns("person dog puppy"), human=True, long=True),
    Adjective("젊", "young", nouns(_ADULTS), human=True, long=True),
    Adjective("바쁘", "busy", nouns(_ADULTS), human=True, passing=True),
    Adjective("슬프", "sad", nouns("person song"), human=True, passing=True),
    Adjective("행복하", "happy", nouns("person"), human=True, passing=True, long=True),
    Adjective("피곤하", "tired", nouns("person pet horse"), human=True, passing=True, long=True),
    Adjective("배고프", "hungry", nouns("person pet beast"), human=True, passing=True, long=True),
    Adjective("빠르", "fast", nouns("dog rabbit horse deer vehicle"), kind="르"),
    Adjective("아름답", "beautiful", nouns("flower song image tree bird"), kind="ㅂ", long=True),
)
