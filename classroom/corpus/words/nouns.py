"""The nouns, pronouns, places, times and numbers of the corpus, in classes narrow enough that what is said of one of a
class may be said of all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Noun:
    """korean, english: the word. group: its class. plural: the English plural ("" for names and mass nouns).
    counter: the Korean classifier ("" where it is not counted). measure: the English words, singular and plural, that
    a mass noun is counted with."""

    korean: str
    english: str
    group: str
    plural: str = ""
    counter: str = ""
    measure: tuple[str, str] = ()

    @property
    def is_name(self) -> bool:
        return self.group == "name"

    @property
    def is_person(self) -> bool:
        return self.group in ("name", "person")


@dataclass(frozen=True, eq=False)
class Pronoun:
    """korean: in the plain and in the two polite styles. owner: its Korean possessive, in the same two, as tokens.
    agreement: the form of "be" it takes."""

    english: str
    korean: tuple[str, str]
    owner: tuple[tuple[str, ...], tuple[str, ...]]
    object: str
    possessive: str
    agreement: str

    is_name = False
    is_person = True


@dataclass(frozen=True, eq=False)
class Place:
    """A place: the Korean noun, the English preposition where something happens, the English words of the noun, and
    the preposition of the way there ("" in "go home")."""

    key: str
    korean: str
    at: str
    english: tuple[str, ...]
    to: str = "to"


@dataclass(frozen=True, eq=False)
class Time:
    """A time: the Korean tokens (the last may be a particle), the English preposition ("" for none), the English
    words, and the tenses it goes with. kind: "often" where something happens again and again, "wide" for a week or a
    year, "day" for all others."""

    korean: tuple[str, ...]
    preposition: str
    english: tuple[str, ...]
    tenses: tuple[str, ...]
    kind: str = "day"


def _nouns(group: str, counter: str, rows: str) -> tuple[Noun, ...]:
    """Rows of "korean english plural", separated by semicolons; a name or a mass noun has no plural, a mass noun that
    is counted has "counter/measure/measures" instead."""
    found = []
    for row in rows.split(";"):
        korean, english, *rest = row.split()
        if rest and "/" in rest[0]:
            own, *measure = rest[0].split("/")
            found.append(Noun(korean, english, group, "", own, tuple(measure)))
        else:
            found.append(Noun(korean, english, group, rest[0] if rest else "", counter if rest else ""))
    return tuple(found)


NOUNS = (
    *_nouns("name", "", "미나 mina; 민수 minsu; 지수 jisu; 유진 yujin; 서준 seojun; 은지 eunji; 수호 suho; 태호 taeho"),
    *_nouns(
        "person",
        "명",
        "학생 student students; 교사 teacher teachers; 의사 doctor doctors; 소년 boy boys; 소녀 girl girls; "
        "아이 child children; 남자 man men; 여자 woman women; 친구 friend friends; 요리사 cook cooks; "
        "예술가 artist artists; 가수 singer singers; 농부 farmer farmers; 이웃 neighbour neighbours; "
        "간호사 nurse nurses; 기술자 engineer engineers",
    ),
    *_nouns("pet", "마리", "고양이 cat cats; 개 dog dogs; 강아지 puppy puppies; 토끼 rabbit rabbits"),
    *_nouns("beast", "마리", "말 horse horses; 양 sheep sheep; 여우 fox foxes; 늑대 wolf wolves; 사슴 deer deer"),
    *_nouns("bird", "마리", "새 bird birds; 오리 duck ducks; 거위 goose geese; 부엉이 owl owls"),
    *_nouns("floor", "개", "매트 mat mats; 러그 rug rugs; 담요 blanket blankets"),
    *_nouns("seat", "개", "의자 chair chairs; 소파 sofa sofas; 벤치 bench benches; 침대 bed beds"),
    *_nouns(
        "fruit",
        "개",
        "사과 apple apples; 오렌지 orange oranges; 복숭아 peach peaches; 토마토 tomato tomatoes; 감자 potato potatoes; "
        "달걀 egg eggs",
    ),
    *_nouns("meal", "", "밥 rice 그릇/bowl/bowls; 수프 soup 그릇/bowl/bowls; 빵 bread; 고기 meat; 치즈 cheese"),
    *_nouns(
        "drink",
        "",
        "물 water 잔/glass/glasses; 우유 milk 잔/glass/glasses; 주스 juice 잔/glass/glasses; "
        "커피 coffee 잔/cup/cups; 차 tea 잔/cup/cups",
    ),
    *_nouns("text", "권", "책 book books; 소설 novel novels; 잡지 magazine magazines"),
    *_nouns("message", "통", "편지 letter letters"),
    *_nouns("message", "장", "엽서 postcard postcards"),
    *_nouns(
        "thing",
        "개",
        "가방 bag bags; 모자 hat hats; 시계 watch watches; 상자 box boxes; 공 ball balls; 열쇠 key keys; "
        "우산 umbrella umbrellas; 컵 cup cups; 칼 knife knives",
    ),
    *_nouns("image", "장", "사진 photo photos; 그림 picture pictures"),
    *_nouns("vehicle", "대", "자전거 bicycle bicycles; 자동차 car cars"),
    *_nouns("flower", "송이", "꽃 flower flowers; 장미 rose roses"),
    *_nouns("tree", "그루", "나무 tree trees"),
    *_nouns("song", "곡", "노래 song songs"),
    *_nouns("building", "채", "집 house houses"),
    *_nouns("opening", "개", "문 door doors; 창문 window windows"),
    *_nouns("subject", "", "음악 music; 수학 mathematics; 영어 english; 한국어 korean"),
)

NAMED = {noun.english: noun for noun in NOUNS}


def nouns(names: str) -> tuple[Noun, ...]:
    """The nouns of groups or single English words, separated by spaces, each once: "pet horse"."""
    found: dict[Noun, None] = {}
    for name in names.split():
        group = [noun for noun in NOUNS if noun.group == name] or [NAMED[name]]
        found.update(dict.fromkeys(group))
    return tuple(found)


PROFESSIONS = nouns("student teacher doctor cook artist singer farmer nurse engineer")

PRONOUNS = (
    Pronoun("i", ("나", "저"), (("내",), ("제",)), "me", "my", "am"),
    Pronoun("you", ("너", "여러분"), (("네",), ("여러분", "##의")), "you", "your", "are"),
    Pronoun("he", ("그", "그"), (("그", "##의"), ("그", "##의")), "him", "his", "is"),
    Pronoun("she", ("그녀", "그녀"), (("그녀", "##의"), ("그녀", "##의")), "her", "her", "is"),
    Pronoun("we", ("우리", "저희"), (("우리",), ("저희",)), "us", "our", "are"),
    Pronoun("they", ("그들", "그들"), (("그들", "##의"), ("그들", "##의")), "them", "their", "are"),
)
BEFORE_GA = {"나": "내", "저": "제", "너": "네"}  # the form before the subject particle 가

PLACES = (
    Place("home", "집", "at", ("home",), ""),
    Place("school", "학교", "at", ("school",)),
    Place("kitchen", "부엌", "in", ("the", "kitchen")),
    Place("library", "도서관", "in", ("the", "library")),
    Place("hospital", "병원", "in", ("the", "hospital")),
    Place("restaurant", "식당", "in", ("the", "restaurant")),
    Place("shop", "가게", "in", ("the", "shop")),
    Place("market", "시장", "at", ("the", "market")),
    Place("station", "역", "at", ("the", "station")),
    Place("park", "공원", "in", ("the", "park")),
    Place("garden", "정원", "in", ("the", "garden")),
    Place("river", "강", "in", ("the", "river")),
    Place("sea", "바다", "in", ("the", "sea")),
    Place("mountains", "산", "in", ("the", "mountains")),
    Place("village", "마을", "in", ("the", "village")),
    Place("city", "도시", "in", ("the", "city")),
    Place("seoul", "서울", "in", ("seoul",)),
    Place("busan", "부산", "in", ("busan",)),
)


def places(keys: str) -> tuple[Place, ...]:
    """The places of these keys, separated by spaces."""
    by_key = {place.key: place for place in PLACES}
    return tuple(by_key[key] for key in keys.split())


TIMES = (
    Time(("어제",), "", ("yesterday",), ("past",)),
    Time(("지난주", "##에"), "", ("last", "week"), ("past",), "wide"),
    Time(("작년", "##에"), "", ("last", "year"), ("past",), "wide"),
    Time(("오늘",), "", ("today",), ("past", "future")),
    Time(("토요일", "##에"), "on", ("saturday",), ("past", "future")),
    Time(("일요일", "##에"), "on", ("sunday",), ("past", "future")),
    Time(("아침", "##에"), "in", ("the", "morning"), ("past", "present", "future")),
    Time(("저녁", "##에"), "in", ("the", "evening"), ("past", "present", "future")),
    Time(("밤", "##에"), "at", ("night",), ("past", "present", "future")),
    Time(("매일",), "", ("every", "day"), ("past", "present", "future"), "often"),
    Time(("내일",), "", ("tomorrow",), ("future",)),
    Time(("다음", "주", "##에"), "", ("next", "week"), ("future",), "wide"),
    Time(("내년", "##에"), "", ("next", "year"), ("future",), "wide"),
)

# The Korean number before a classifier and the English one; 1 is the indefinite article.
NUMBERS = (
    ("한", "a"),
    ("두", "two"),
    ("세", "three"),
    ("네", "four"),
    ("다섯", "five"),
    ("여섯", "six"),
    ("일곱", "seven"),
    ("여덟", "eight"),
    ("아홉", "nine"),
    ("열", "ten"),
)
