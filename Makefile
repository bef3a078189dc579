PYTHON ?= python3
QIFEI := $(PYTHON) tools/run

.PHONY: help demo test e2e test-core lint format bench shell wheels screenshots lighthouse i18n clean
.DEFAULT_GOAL := help

help:          ; @$(QIFEI) help
demo:          ; @$(QIFEI) demo
shell:         ; @$(QIFEI) shell
test:          ; @$(QIFEI) test
e2e:           ; @$(QIFEI) e2e
test-core:     ; @$(QIFEI) test-core
lint:          ; @$(QIFEI) lint
format:        ; @$(QIFEI) format
bench:         ; @$(QIFEI) bench
screenshots:   ; @$(QIFEI) screenshots
lighthouse:    ; @$(QIFEI) lighthouse
i18n:          ; @$(QIFEI) i18n
wheels:        ; @$(QIFEI) wheels
clean:         ; @$(QIFEI) clean
