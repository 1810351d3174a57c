"""Every word of the book that is not on a page of its own, in English and Korean."""

from __future__ import annotations

LANGUAGES = {"en": "English", "ko": "한국어"}

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
