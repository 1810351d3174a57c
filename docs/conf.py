"""The book, in English or Korean: `sphinx-build -t ko -c docs docs/ko build/docs/ko`; `make docs` builds both."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from book import machine  # noqa: E402
from book.words import PROJECT_WORDS  # noqa: E402

import ogive  # noqa: E402

language = "ko" if tags.has("ko") else "en"  # noqa: F821  (Sphinx's own name)
words = PROJECT_WORDS[language]

project = "ogive"
author = "The ogive developers"
copyright = f"2026, {author}"
version = release = ogive.__version__

extensions = [
    "book.extension",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
]
smartquotes = False
templates_path = ["_templates"]
default_role = "py:obj"  # single backticks in docstrings: a link where there is something to link to

# Pages are MyST Markdown. A page with code cells begins with `file_format: mystnb`; its cells are run, and a cell that raises, or
# writes a warning that nobody asked for, fails the build.
source_suffix = {".md": "myst-nb", ".rst": "restructuredtext"}
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(machine.cache(language))
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_output_stderr = "error"
nb_merge_streams = True
os.environ["IPYTHONDIR"] = str(machine.profile())
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(ogive.__file__).parents[1]), os.environ.get("PYTHONPATH"))))

autosummary_generate = False  # `book` writes the pages
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = words["title"]
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_js_files = [("search.js", {"type": "module"})]
html_show_sourcelink = False
html_copy_source = False
html_additional_pages = {"search": "search.html"}
html_context: dict[str, Any] = {"default_mode": "auto", "words": words}
html_theme_options: dict[str, Any] = {
    "navbar_end": ["other-language", "theme-switcher"],
    "navbar_align": "left",
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 2,
    "search_bar_text": words["search"],
    "back_to_top_button": False,
    "logo": {"text": "ogive"},
}
html_sidebars = {"index": [], "search": [], "changelog": []}
mathjax3_config = {"options": {"enableMenu": False}}  # its menu would offer what only a network has
mathjax_path = "mathjax/tex-chtml.js"  # copied from sphinx-mathjax-offline: nothing is fetched from elsewhere
