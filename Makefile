PYTHON ?= python3
QIFEI := $(PYTHON) tools/run

.PHONY: help demo test e2e test-core lint format bench shell wheels screenshots lighthouse i18n clean
.DEFAULT_GOAL := help

help:          ; @$(QIFEI) help
demo:          ; @$(QIFEI) demo
shell:         ; @$(QIFEI) shell
