"""Every word of the book that is not on a page of its own, in English and Korean.

What a card says in its own words is English in the catalogue; `docs/ko/cards.toml` has the Korean.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from ogive.activation import Activation, Elementwise
from ogive.borrowed import Borrowed
from ogive.catalogue import CATALOGUE, FAMILIES
from ogive.loss import Loss

LANGUAGES = {"en": "English", "ko": "한국어"}
KOREAN = Path(__file__).parents[1] / "ko/cards.toml"

#: Titles and the words of the templates.
PROJECT_WORDS = {
    "en": {
        "title": "ogive: activation functions with the right answer",
        "search": "Search the book",
        "search_title": "Search",
        "none": "Nothing found. A word is found by its beginning.",
        "some": "Pages found: #",
        "served": "A browser searches only what a server gives it. Run `python -m http.server -d build/docs` and open http://localhost:8000.",
        "script": "The search needs JavaScript.",
    },
    "ko": {
        "title": "ogive: 답이 맞는 활성화 함수",
        "search": "책에서 검색",
        "search_title": "검색",
        "none": "검색 결과가 없습니다. 낱말의 앞부분으로 검색해 보세요.",
        "some": "검색 결과 #쪽",
        "served": "브라우저는 서버가 내주는 페이지에서만 검색할 수 있습니다. `python -m http.server -d build/docs`를 실행하고 http://localhost:8000 을 여세요.",
        "script": "검색에는 JavaScript가 필요합니다.",
    },
}

FAMILY_WORDS = {
    "en": {
        "sigmoids": "S-shapes",
        "steps": "Steps",
        "rectifiers": "Rectifiers",
        "gates": "Gates and their kin",
        "links": "Links and logarithms",
        "softmaxes": "Functions of rows",
        "losses": "Losses",
    },
    "ko": {
        "sigmoids": "S자 곡선",
        "steps": "계단",
        "rectifiers": "정류 함수",
        "gates": "게이트 계열",
        "links": "연결 함수와 로그",
        "softmaxes": "행 단위 함수",
        "losses": "손실 함수",
    },
}

#: The words of a card's page.
CARD_WORDS = {
    "en": {
        "also": "Also called",
        "f": "f(x)",
        "f′": "its derivative f′(x)",
        "saturated": "saturated: |f′| ≤ 5 % of its largest value",
        "limits": "limits",
        "facts": "Facts",
        "domain": "Domain",
        "range": "Range",
        "ends": "At the ends of the domain",
        "symmetry": "Symmetry",
        "odd": "odd: f(−x) = −f(x)",
        "about": "about the point {point}: f(x + t) + f(x − t) = 2y",
        "no symmetry": "none",
        "monotone": "Never decreases",
        "zero_centred": "Zero-centred",
        "saturates": "Saturates",
        "both": "at both ends",
        "left": "on the left",
        "right": "on the right",
        "nowhere": "nowhere",
        "lipschitz": "Largest |f′|, the Lipschitz constant",
        "kinks": "Kinks and jumps",
        "kink": "kink at {x}; the derivative there is {slope}",
        "jump": "jump at {x}; the derivative there is {slope}",
        "from the left": "that from the left",
        "from the right": "that from the right",
        "no kinks": "none",
        "yes": "yes",
        "no": "no",
        "none": "none",
        "targets": "Targets",
        "rows": "Rows without a proper answer",
        "empty rows": "a row with nan gives nan; one that is empty, masked or all -inf follows `empty=`; +inf shares the row among its places",
        "reducing rows": "a row with nan gives nan; one that is empty, masked or all -inf gives -inf; +inf gives +inf",
        "first rows": "a row with nan gives nan; one that is empty, masked or all -inf gives zeros; the first +inf wins",
        "parameters": "Parameters",
        "name": "name",
        "default": "default",
        "allowed": "allowed",
        "meaning": "what it is",
        "required": "must be given",
        "outside": "Outside its domain the answer is nan, with NumPy's flag *invalid*. Parameters broadcast against x.",
        "axis": "the axis that makes a row; for softmax and its family also several, or None for all",
        "where": "which entries take part; the others get 0, or -inf in log_softmax",
        "temperature": "x is divided by it; positive and finite",
        "weights": "a weight for each term of the sum; not negative",
        "keepdims": "whether the axis stays, with length 1",
        "empty": 'what a row without an entry gives: `"nan"`, `"zero"` or `"uniform"`',
        "groups": "how many neighbours make a group",
        "reduction": 'the mean of all terms, their `"sum"`, or `"none"`: each for itself',
        "alpha": "the weight of the class 1; that of the class 0 is 1 − alpha",
        "forms": "Calls",
        "call": "call",
        "gives": "what it gives",
        "value": "the value",
        "derivative": "the derivative f′(x)",
        "second_derivative": "the second derivative f″(x)",
        "value_and_derivative": "both in one pass",
        "backward": "g · f′(x), rounded once",
        "row backward": "the gradient with respect to x: g times the Jacobian",
        "backward_from_output": "g · f′ from the value y alone, as textbooks do; loses what y has lost",
        "inverse": "the x with f(x) = y",
        "log": "log f(x), also where f(x) underflows",
        "complement": "1 − f(x), also where f(x) rounds to 1",
        "derivative_": "the derivative with respect to {name}, in which networks learn it",
        "gradient": "the gradient with respect to the logits",
        "value_and_gradient": "both at once",
        "is": "it is {card}",
        "there is none": "There is none: {reason}.",
        "plot": "the picture above; `low=`, `high=`, `second_derivative=True`",
        "examples": "Examples",
        "special": "Special values",
        "special intro": "Computed in float32 while this page was made. *invalid* and *divide* are the flags that NumPy's `errstate` sees.",
        "special parameters": "Here {parameters}.",
        "accuracy": "Accuracy and speed",
        "exhaustive": "All float32 inputs were tried, and each result was decided by ball arithmetic:",
        "form": "form",
        "inputs": "inputs",
        "misrounded": "misrounded",
        "digest": "digest of all results",
        "log-form": "log",
        "bound rounded": "float16, bfloat16 and float32 results are [correctly rounded](../../why/ulp.md); float64 results stay within {bound} ulp.",
        "bound roots": "Next to an irrational root it is {bound} ulp.",
        "bound exact": "Every result is exact.",
        "bound once": "Every result is rounded once: correctly.",
        "bound rows": "Every entry stays within {bound} ulp in float64, and {narrow} ulp in float32, float16 and bfloat16.",
        "bound gates": "float64 results stay within {bound} ulp where the gate is a normal number, for they round twice; float32, float16 and bfloat16 results within {narrow} ulp.",
        "bound borrowed": "NumPy and SciPy compute it, in float64, within {bound} ulp, measured for {measured}; other dtypes are its rounding. The other promises do not hold.",
        "bound loss": "Single terms stay within {bound} ulp in float64; means and sums 1 ulp more.",
        "bound composed loss": "The loss stays within {bound} ulp in float64, a mean or a sum 1 ulp more.",
        "peers value": "The value, and how others compute it:",
        "peers derivative": "The derivative:",
        "library": "library",
        "expression": "expression",
        "speed": "ogive's speed ÷ theirs",
        "per second": "{value} M/s",
        "legend": "Errors are the largest found, in ulp, where x and the truth are normal numbers; in **bold**, all 2³² inputs were tried. {marks}. Speeds are those of one AVX2 core, float32 and float64 (M/s: millions a second); above 1 ogive is the faster. More: [how far from the truth](../measured/accuracy.md), [the league table](../measured/league.md), [how fast](../measured/speed.md).",
        "elsewhere": "In other libraries",
        "there": "there",
        "here": "here",
        "differs": "Who differs:",
        "sources": "Sources",
        "see": "See also",
        "family": "The family: {cards}.",
        "class": "What all calls share is on the page of {role}.",
        "overview": "All functions",
        "overview intro": "One page for each of the {count} functions. A picture leads to its page; `ogive.get(name)` finds a function by its other names, too.",
    },
    "ko": {
        "also": "다른 이름",
        "f": "f(x)",
        "f′": "도함수 f′(x)",
        "saturated": "포화: |f′|이 최댓값의 5 % 이하",
        "limits": "극한값",
        "facts": "성질",
        "domain": "정의역",
        "range": "치역",
        "ends": "정의역의 양 끝에서",
        "symmetry": "대칭",
        "odd": "기함수: f(−x) = −f(x)",
        "about": "점 {point}에 대해 대칭: f(x + t) + f(x − t) = 2y",
        "no symmetry": "없음",
        "monotone": "줄어들지 않음",
        "zero_centred": "0이 중심",
        "saturates": "포화",
        "both": "양쪽 끝에서",
        "left": "왼쪽에서",
        "right": "오른쪽에서",
        "nowhere": "포화되지 않음",
        "lipschitz": "|f′|의 최댓값(립시츠 상수)",
        "kinks": "꺾이거나 끊어지는 점",
        "kink": "{x}에서 꺾임, 그 점의 미분은 {slope}",
        "jump": "{x}에서 끊어짐, 그 점의 미분은 {slope}",
        "from the left": "왼쪽 미분",
        "from the right": "오른쪽 미분",
        "no kinks": "없음",
        "yes": "예",
        "no": "아니요",
        "none": "없음",
        "targets": "목푯값",
        "rows": "답이 정해지지 않는 행",
        "empty rows": "nan이 있는 행은 nan. 비었거나 모두 가려졌거나 전부 -inf인 행은 `empty=`를 따르고, +inf가 있으면 그 자리들이 1을 나누어 가집니다",
        "reducing rows": "nan이 있는 행은 nan. 비었거나 모두 가려졌거나 전부 -inf인 행은 -inf, +inf가 있으면 +inf",
        "first rows": "nan이 있는 행은 nan. 비었거나 모두 가려졌거나 전부 -inf인 행은 모두 0, +inf가 있으면 첫 번째 +inf가 이깁니다",
        "parameters": "매개변수",
        "name": "이름",
        "default": "기본값",
        "allowed": "허용 범위",
        "meaning": "뜻",
        "required": "반드시 줄 것",
        "outside": "범위를 벗어나면 답은 nan이고 NumPy의 *invalid* 플래그가 섭니다. 매개변수는 x와 함께 브로드캐스팅됩니다.",
        "axis": "행이 놓인 축. softmax 계열에서는 여러 축도, None(전체)도 됩니다",
        "where": "참여할 원소. 나머지 자리에는 0, log_softmax에서는 -inf가 들어갑니다",
        "temperature": "x를 나누는 온도. 양의 유한한 수",
        "weights": "합의 각 항에 곱할 가중치. 음수는 안 됩니다",
        "keepdims": "축을 길이 1로 남길지",
        "empty": '원소가 없는 행에 줄 값: `"nan"`, `"zero"`, `"uniform"`',
        "groups": "이웃한 몇 개가 한 묶음인지",
        "reduction": '모든 항의 평균. `"sum"`이면 합, `"none"`이면 항마다',
        "alpha": "클래스 1의 가중치. 클래스 0의 가중치는 1 − alpha",
        "forms": "호출",
        "call": "호출",
        "gives": "결과",
        "value": "함숫값",
        "derivative": "도함수 f′(x)",
        "second_derivative": "이계도함수 f″(x)",
        "value_and_derivative": "둘을 한 번에",
        "backward": "역전파 g · f′(x), 한 번만 반올림",
        "row backward": "x에 대한 기울기, 곧 g와 야코비 행렬의 곱",
        "backward_from_output": "책에 나오는 방식으로 y만 써서 구한 g · f′. y가 잃은 것은 같이 잃습니다",
        "inverse": "f(x) = y가 되는 x",
        "log": "log f(x). f(x)가 0으로 언더플로되는 곳에서도 맞습니다",
        "complement": "1 − f(x). f(x)가 1로 반올림되는 곳에서도 맞습니다",
        "derivative_": "신경망이 학습하는 매개변수 {name}에 대한 미분",
        "gradient": "로짓에 대한 기울기",
        "value_and_gradient": "둘을 한 번에",
        "is": "곧 {card}",
        "there is none": "없습니다. {reason}.",
        "plot": "위의 그림. `low=`, `high=`, `second_derivative=True`",
        "examples": "예",
        "special": "특별한 값",
        "special intro": "이 쪽을 만들 때 float32로 계산한 값입니다. *invalid*와 *divide*는 NumPy의 `errstate`에 보이는 플래그입니다.",
        "special parameters": "여기서 {parameters}입니다.",
        "accuracy": "정확도와 속도",
        "exhaustive": "float32 입력을 빠짐없이 넣어 보고 결과 하나하나를 구간 연산으로 판정했습니다.",
        "form": "형태",
        "inputs": "입력",
        "misrounded": "잘못 반올림됨",
        "digest": "모든 결과의 요약값",
        "log-form": "로그",
        "bound rounded": "float16, bfloat16, float32의 결과는 [올바르게 반올림](../../why/ulp.md)되고, float64의 오차는 {bound} ulp 이내입니다.",
        "bound roots": "무리수 근 옆에서는 {bound} ulp 이내입니다.",
        "bound exact": "모든 결과가 정확합니다.",
        "bound once": "모든 결과를 한 번만 반올림하므로 올바른 반올림입니다.",
        "bound rows": "모든 원소의 오차가 float64에서 {bound} ulp, float32·float16·bfloat16에서 {narrow} ulp 이내입니다.",
        "bound gates": "두 번 반올림하므로 float64의 오차는 게이트가 정규수일 때 {bound} ulp 이내이고, float32·float16·bfloat16에서는 {narrow} ulp 이내입니다.",
        "bound borrowed": "NumPy와 SciPy로 float64에서 계산하며 오차는 {bound} ulp 이내입니다({measured} 측정). 다른 dtype은 그 값을 반올림한 것이고, 다른 약속은 하지 않습니다.",
        "bound loss": "항 하나의 오차는 float64에서 {bound} ulp 이내이고, 평균이나 합이면 1 ulp를 더합니다.",
        "bound composed loss": "손실의 오차는 float64에서 {bound} ulp 이내이고, 평균이나 합이면 1 ulp를 더합니다.",
        "peers value": "함숫값을 다른 라이브러리는 이렇게 계산합니다.",
        "peers derivative": "도함수는 이렇습니다.",
        "library": "라이브러리",
        "expression": "식",
        "speed": "ogive의 속도 ÷ 상대의 속도",
        "per second": "{value} M/s",
        "legend": "오차는 x와 참값이 모두 정규수일 때 찾은 가장 큰 값(ulp)이고, **굵은 글씨**는 입력 2³²개를 모두 넣어 본 것입니다. {marks}. 속도는 AVX2 코어 하나에서 float32와 float64로 잰 것으로, 1보다 크면 ogive가 빠릅니다(M/s: 초당 백만 개). 더 자세한 표: [참값에서 얼마나 먼가](../measured/accuracy.md), [순위표](../measured/league.md), [얼마나 빠른가](../measured/speed.md).",
        "elsewhere": "다른 라이브러리에서는",
        "there": "그쪽",
        "here": "ogive",
        "differs": "다른 점:",
        "sources": "출처",
        "see": "함께 보기",
        "family": "같은 계열: {cards}.",
        "class": "모든 호출에 공통된 것은 {role}에 있습니다.",
        "overview": "모든 함수",
        "overview intro": "함수 {count}개가 한 쪽씩 차지합니다. 그림을 누르면 그 함수로 갑니다. `ogive.get(이름)`은 다른 이름으로도 함수를 찾습니다.",
    },
}

#: What the theme says in English where it has no Korean.
THEME_WORDS = {
    "Collapse Sidebar": "목록 접기",
    "Expand Sidebar": "목록 펼치기",
    "Section Navigation": "차례",
    "On this page": "이 쪽에서",
    "Site navigation": "사이트 이동",
    "Breadcrumb": "현재 위치",
    "Skip to main content": "본문으로 가기",
    "Color mode": "색 모드",
    "Light": "밝게",
    "Dark": "어둡게",
    "System Settings": "시스템 설정대로",
    "previous page": "이전 쪽",
    "next page": "다음 쪽",
    "previous": "이전",
    "next": "다음",
    "Back to top": "맨 위로",
    "Home": "처음",
}

#: The columns of tables that do not name a library.
LIBRARY_WORDS = {
    "en": {"NumPy": "NumPy, with care", "naive NumPy": "NumPy, naive"},
    "ko": {"NumPy": "NumPy, 조심스러운 식", "naive NumPy": "NumPy, 흔한 식"},
}

#: What stands behind an error in a table, in the words of the league table.
MARK_WORDS = {
    "en": {
        "∞": "nan or an infinity where the truth is finite",
        "†": "0 where the truth is a normal number",
        "‡": "not the limit at an end",
        "§": "a number where there is none, or where an infinity is right",
        "↕": "neighbouring results in the wrong order",
        "⇄": "other bits in another place",
        "!": "a warning inside the domain",
    },
    "ko": {
        "∞": "참값이 유한한데 nan이나 무한대",
        "†": "참값이 정규수인데 0",
        "‡": "끝에서 극한값이 아님",
        "§": "답이 없거나 무한대여야 하는데 수",
        "↕": "이웃한 결과의 크고 작음이 뒤바뀜",
        "⇄": "배열에서 자리가 바뀌면 비트도 바뀜",
        "!": "정의역 안에서 경고",
    },
}


@cache
def korean() -> dict[str, dict[str, str]]:
    """Read the Korean of the cards: a summary each, who differs, and the phrases that cards share."""
    return tomllib.loads(KOREAN.read_text(encoding="utf-8"))


def said(card: Activation) -> dict[str, set[str]]:
    """List what a card says in words of its own: what must have a Korean form."""
    phrases = {parameter.meaning for parameter in getattr(card, "parameters", ())}
    if isinstance(card, Loss):
        phrases.add(card.targets)
    if isinstance(card, Borrowed):
        phrases.add(card.measured)
    if isinstance(card, (Elementwise, Borrowed)):
        phrases |= {refusal.reason.replace(card.name, "NAME") for form in Elementwise.RELATED if not (refusal := getattr(card, form))}
    return {"summary": {card.name}, "elsewhere": {card.name} if card.elsewhere else set(), "phrases": phrases}


def needed() -> dict[str, set[str]]:
    """List what all cards say, by the tables of `docs/ko/cards.toml`."""
    every = [said(card) for card in CATALOGUE.values()]
    return {table: set().union(*(one[table] for one in every)) for table in ("summary", "elsewhere", "phrases")}


def missing() -> str:
    """Tell what `docs/ko/cards.toml` lacks, or has without need; an empty text where it is complete."""
    wanted, there = needed(), korean()
    lacks = [f"[{table}] {key!r}" for table in wanted for key in sorted(wanted[table] - there[table].keys())]
    stale = [f"[{table}] {key!r}" for table in wanted for key in sorted(there[table].keys() - wanted[table])]
    told = [f"docs/ko/cards.toml lacks {', '.join(lacks)}: write it in Korean"] if lacks else []
    return "; ".join(told + ([f"docs/ko/cards.toml has {', '.join(stale)}, which no card says any more"] if stale else []))


def summary(card: Activation, language: str) -> str:
    """Return the one sentence about a card."""
    return card.summary if language == "en" else korean()["summary"][card.name]


def elsewhere(card: Activation, language: str) -> str:
    """Return who differs, and how."""
    return card.elsewhere if language == "en" or not card.elsewhere else korean()["elsewhere"][card.name]


def phrase(text: str, language: str, name: str = "NAME") -> str:
    """Return what cards say in the same words."""
    return text if language == "en" else korean()["phrases"][text.replace(name, "NAME")].replace("NAME", f"`{name}`")


def family(card: Activation) -> str:
    """Find the family of a card."""
    return next(name for name, cards in FAMILIES.items() if card in cards)


#: The pages of modules: what each is about.
API_WORDS = {
    "en": {
        "ogive": "cards and their calls",
        "ogive.graph": "the computational graph",
        "ogive.layers": "layers with forward and backward",
        "ogive.networks": "small networks for scikit-learn",
        "ogive.audit": "the auditor",
        "ogive.pytest_plugin": "audits in pytest",
        "ogive.plot": "pictures",
        "ogive.lint": "formulas that lose digits",
        "ogive.workers": "several threads",
        "ogive.truth.reference": "the truth by ball arithmetic",
        "ogive.truth.ulp": "distances in ulp",
    },
    "ko": {
        "ogive": "카드와 호출",
        "ogive.graph": "계산 그래프",
        "ogive.layers": "순전파와 역전파가 있는 층",
        "ogive.networks": "scikit-learn에서 쓰는 작은 신경망",
        "ogive.audit": "감사기",
        "ogive.pytest_plugin": "pytest에서 하는 감사",
        "ogive.plot": "그림",
        "ogive.lint": "자릿수를 잃는 식 찾기",
        "ogive.workers": "여러 스레드",
        "ogive.truth.reference": "구간 연산으로 구한 참값",
        "ogive.truth.ulp": "ulp로 잰 거리",
    },
}

COMMAND_WORDS = {
    "en": {
        "title": "Command line",
        "introduction": "What each command says of itself. The extra `[cli]` installs what the commands need; some name a further one.",
    },
    "ko": {
        "title": "명령줄",
        "introduction": "명령마다 스스로 하는 설명입니다(영어). 명령을 쓰려면 추가 패키지 `[cli]`가 필요하고, 더 필요한 명령은 그렇게 알려 줍니다.",
    },
}

#: The tables of the repository: title and introduction.
TABLE_WORDS = {
    "en": {
        "accuracy": (
            "How far from the truth",
            "For every function the largest error of ogive and of its peers, in float32 and float64, with the input at which it occurs.",
        ),
        "league": (
            "The league table",
            "What an audit finds in the formulas of NumPy users, in SciPy, PyTorch, ONNX Runtime and JAX, function by function.",
        ),
        "speed": (
            "How fast, and bought with what",
            "How fast ogive is, how fast the others are, and which errors the speed costs.",
        ),
        "coverage": (
            "What the activations of other libraries are here",
            "Look here for the ogive call that gives the same as the one you know.",
        ),
    },
    "ko": {
        "accuracy": (
            "참값에서 얼마나 먼가",
            """\
함수마다 ogive와 다른 라이브러리의 가장 큰 오차를 float32와 float64에서 잰 표입니다. 참값은 Arb의 구간 연산으로 구했습니다. 입력의 반은
정의역의 모든 부동소수점 수에서 고르게, 나머지는 2⁻¹⁰과 2¹⁰ 사이에서 뽑았고, 열여섯에 하나는 정의역의 끝이나 근에 점점 가까이 다가갑니다.

* **max ulp**: 반올림하지 않은 참값에서 가장 먼 거리(ulp). ∞는 참값이 유한한데 nan이나 무한대가 나온 것입니다.
* **of these, normal**: 가장 작은 정규수보다 작은 입력과 참값, 그리고 다음 열의 0을 뺀 나머지에서의 가장 큰 오차입니다.
* **misrounded**: 참값에 가장 가까운 수가 아닌 결과의 비율입니다.
* **zero instead**: 참값을 반올림해도 0이 아닌데 0이 나온 구간입니다. normal은 정규수, subnormal은 비정규수를 잃었다는 뜻입니다.
* **at the ends**: 정의역의 양 끝에서 나온 값입니다. 극한값이 아니면 굵게 썼습니다.
""",
        ),
        "league": (
            "순위표",
            """\
NumPy로 쓴 식과 SciPy, PyTorch, ONNX Runtime, JAX의 float32 구현을 `ogive audit`로 하나하나 감사한 결과입니다. 수는 x와 참값이 모두 정규수일
때의 가장 큰 오차(ulp)입니다. **굵은 글씨**는 입력 2³²개를 모두 넣어 본 것이고, 나머지는 백만 개쯤의 표본입니다. *NumPy*는 자릿수를
지키도록 조심해서 쓴 식, *naive NumPy*는 어디에서나 보는 식이며, –는 그 라이브러리에 그런 함수가 없다는 뜻입니다. 수 뒤의 기호는 다음과
같습니다. 결함을 적은 문장은 감사 도구가 영어로 쓴 것입니다.

* ∞ 참값이 유한한데 nan이나 무한대
* † 참값이 정규수인데 0
* ‡ 무한대에서 극한값이 아님
* § 답이 없거나 무한대여야 하는데 수
* ↕ 이웃한 결과의 크고 작음이 뒤바뀜
* ⇄ 배열에서 자리가 바뀌거나 길이가 달라지면 비트도 달라짐
* ! 정의역 안에서 경고
""",
        ),
        "speed": (
            "얼마나 빠르고, 그 값은 무엇인가",
            """\
스레드 하나로, 캐시에 들어가는 원소 10만 개를 계산한 속도입니다.

* **M/s**: ogive가 1초에 계산하는 원소의 수(백만 개)입니다.
* **나머지 열**: ogive의 속도를 상대의 속도로 나눈 값입니다. 1보다 크면 ogive가, 작으면 상대가 빠릅니다. ~는 잴 때마다 5분의 1 넘게
  달라졌다는 뜻입니다.
* **점 뒤의 수**: 그 속도로 계산했을 때의 가장 큰 오차(ulp)입니다. 0.50이면 올바른 반올림입니다. ∞는 참값이 유한한데 nan이나 무한대,
  †는 정규수 대신 0, ‡는 정의역 끝에서 극한값이 아닌 값이 나온다는 뜻입니다.
""",
        ),
        "coverage": (
            "다른 라이브러리의 활성화 함수는 여기서 무엇인가",
            "쓰던 함수와 같은 값을 내는 ogive의 호출을 찾는 표입니다. 라이브러리마다 끝에는 활성화 함수가 아닌 이름을, 아닌 까닭과 함께 모았습니다(영어).",
        ),
    },
}

#: Headings of these tables that are not names.
HEADING_WORDS = {
    "Sigmoids": FAMILY_WORDS["ko"]["sigmoids"],
    "Steps": FAMILY_WORDS["ko"]["steps"],
    "Rectifiers": FAMILY_WORDS["ko"]["rectifiers"],
    "Gates and their kin": FAMILY_WORDS["ko"]["gates"],
    "Links and logarithms": FAMILY_WORDS["ko"]["links"],
    "Functions of rows": FAMILY_WORDS["ko"]["softmaxes"],
    "Faults": "결함",
    "Versions and machine": "버전과 컴퓨터",
}

#: The beginning of a page that needs the room of the list at its right.
WIDE = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n\n"
