# The front door. Everything but `setup` expects an activated environment; `make setup && . .venv/bin/activate` makes one.
.PHONY: setup test lint docs pictures stubs vectorised sanitize certify bench accuracy league coverage bits lab browser

setup:  ## make .venv with an editable install and every tool
	python3 -m venv .venv
	.venv/bin/pip install -q "meson-python>=0.17" meson ninja "numpy>=2.0" ruff mypy clang-format
	. .venv/bin/activate && pip install -q --no-build-isolation -e ".[test]"

test:  ## run the tests, in parallel
	python -m pytest -n 2

lint:  ## style, types, stubs, C++ layout
	ruff check .
	ruff format --check .
	mypy
	python tools/stubs.py --check
	python tools/messages.py --check
	clang-format --dry-run --Werror $(filter-out %/coefficients.hpp,$(wildcard src/ogive/_core/*.?pp))

docs:  ## build the book in both languages into build/docs, warnings are errors, and check its links and its search; tools: the extra [docs], Chromium
	$(MAKE) --no-print-directory -j 2 book-en book-ko
	python docs/check.py build/docs

book-%:
	sphinx-build -W --keep-going -t $* -c docs -d build/book/doctrees/$* docs/$* build/docs/$*

pictures:  ## draw the pictures of the READMEs, and photograph the lab; tools: the extra [browser], Chromium
	python tools/pictures.py
	python tools/screenshots.py

stubs:  ## write the type stubs from the catalogue
	python tools/stubs.py

vectorised:  ## prove from the compiler's report that every row's loop is vectorised
	python tools/check_vectorised.py

sanitize:  ## run the ufunc tests under AddressSanitizer and UBSan, in an environment of their own
	python3 -m venv build/sanitize
	build/sanitize/bin/pip install -q "meson-python>=0.17" meson ninja "numpy>=2.0"
	. build/sanitize/bin/activate && pip install -q --no-build-isolation ".[test]" -Csetup-args=-Db_sanitize=address,undefined -Csetup-args=-Db_lundef=false
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 LD_PRELOAD="$$(g++ -print-file-name=libasan.so) $$(g++ -print-file-name=libubsan.so) $$(g++ -print-file-name=libstdc++.so)" \
	  build/sanitize/bin/python -m pytest -q -p no:cacheprovider tests/test_ufunc.py

certify:  ## decide every float32 input of the certified forms; resumes where it stopped
	python tools/certify.py

bench:  ## time ogive against its peers, ten minutes, and write docs/speed.md
	python benchmarks/peers.py --json "benchmarks/results/$$(python -c 'import ogive; print(ogive.show_config()["level"])').json"
	python tools/speed.py

accuracy:  ## measure the accuracy tables of the README and the docs; resumes where it stopped
	python tools/accuracy.py && python tools/accuracy.py --readme && python tools/speed.py

league:  ## audit what others compute, sampled and then on all inputs, and write docs/league.md; resumes where it stopped
	python tools/league.py

coverage:  ## write what the activations of other libraries are here, and compare both
	python tools/coverage.py

bits:  ## write the digests of all results, after a change that is to change some
	python tests/digests.py --write

lab:  ## build the lab's front end with Node, from locked packages, into src/ogive/lab/static
	python tools/messages.py
	cd frontend && npm ci --silent && npm run --silent build

browser:  ## drive the lab as a user would, in Chromium
	python -m pytest -q tests/browser
