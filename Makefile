# The front door. Every target works as the first command on a fresh Debian 12 with Swift.
#
#   make demo     load a simulated Stripe account into ./warehouse and show how to query it
#   make test     run every test, interop and end to end included
#   make interop-java             Spark with Java Iceberg ($ICEBERG_SPARK_RUNTIME, or PyPI's) reads our tables, and we fill its
#   make test-cluster             the tests of Tests/Cluster against a real API server: $KUBECONFIG, or one built here
#   make build    build the release programs          make check    format, docs, samples, linkage
#   make format   format all Swift code               make bench    print the figures of docs/figures.md
#   make check-manifests                              check everything that is deployed, in every variant
#   make image    build the container image nilus:dev (BUILDER=host: the program on this machine)
#   make test-image               look into the image and run it in its envelope
#   make query SQL="SELECT count(*) FROM stripe.charge"             look at the tables of ./warehouse

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build

# An import that Package.swift does not allow is an error in every build.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
# The programs of the tests do without debug information, which is a quarter of their compile time.
TEST_FLAGS := $(SWIFT_FLAGS) -debug-info-format none
SWIFT_FOLDERS := Package.swift Sources Tests Benchmarks
VENV := .build/venv
MANIFESTS_VENV := .build/venv-manifests
JAVA_VENV := .build/venv-java
PYTHON := $(VENV)/bin/python

WAREHOUSE ?= warehouse
# container: the image's program is built in a container of BASE; host: on this machine.
BUILDER ?= container

.PHONY: demo query test room-tests python-tests build check check-manifests format bench image test-image
.PHONY: interop-java test-cluster build-dependencies test-dependencies manifest-tools

demo: build
	scripts/demo.sh

query: test-dependencies
	@$(PYTHON) scripts/query.py "$(SQL)" "$(WAREHOUSE)"

test: build room-tests python-tests

room-tests: build-dependencies test-dependencies
	swift build $(TEST_FLAGS) --build-tests
	scripts/google-emulators.sh run scripts/seaweedfs.sh run swift test $(TEST_FLAGS) --skip-build --parallel

python-tests: build test-dependencies
	swift build $(TEST_FLAGS) --product iceberg-fixtures
	swift build $(TEST_FLAGS) --product parquet-fixtures
	$(PYTHON) -m pytest -q -n 4 --dist loadgroup Tests/Interop Tests/EndToEnd
	$(PYTHON) -m pytest -q -n 4 --dist loadgroup --lakehouse rest Tests/EndToEnd
	env -u KUBECONFIG $(PYTHON) -m pytest -q -n 4 Tests/Cluster

interop-java: build test-dependencies $(JAVA_VENV)/.complete
	$(PYTHON) -m pytest -q Tests/Java

$(JAVA_VENV)/.complete: Tests/Java/requirements.txt
	scripts/install-dependencies.sh java
	python3 -m venv $(JAVA_VENV)
	$(JAVA_VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

test-cluster: build test-dependencies manifest-tools
	scripts/test-cluster.sh $(PYTHON) -n 4

build: build-dependencies
	scripts/build-programs.sh nilus stripe-simulator

check: build test-dependencies
	swift format lint --strict --recursive $(SWIFT_FOLDERS)
	scripts/generate-stripe-shapes.py --check
	$(PYTHON) scripts/generate-time-zones.py --check
	scripts/check-documentation.py
	scripts/check-linkage.sh .build/release/nilus
	.build/release/nilus validate $(foreach file,$(wildcard manifests/*.yaml),-f $(file))

# What 'nilus validate' reads: DataOS resources, wherever they are.
DATAOS_FILES := $(wildcard manifests/*.yaml deploy/dataos/*.yaml) \
    $(addprefix deploy/kustomize/overlays/job/,config.yaml lakehouse.yaml)
RENDERINGS := .build/manifests
# What the operator makes of workflows, as the tests of the operator hold it.
OPERATOR_MADE := Tests/Golden/Operator
# The same beside the deployment, whose network rules are meant for their pods.
IN_PLACE := .build/manifests-in-place
CHECKOV = $(MANIFESTS_VENV)/bin/checkov --framework kubernetes --quiet --compact --skip-download

check-manifests: build manifest-tools
	.build/release/nilus validate $(foreach file,$(DATAOS_FILES),-f $(file))
	rm -rf $(RENDERINGS)
	scripts/render-manifests.sh --output $(RENDERINGS)
	.build/tools/helm lint --strict --quiet deploy/helm/nilus 2> >(grep -v 'found symbolic link' >&2)
	$(MANIFESTS_VENV)/bin/kubernetes-validate --strict --quiet --kubernetes-version 1.36 \
	    $(RENDERINGS)/*.yaml $(OPERATOR_MADE)/*.yaml
	$(CHECKOV) --directory $(RENDERINGS)
	rm -rf $(IN_PLACE)
	mkdir -p $(IN_PLACE)/files $(IN_PLACE)/variables
	cp $(RENDERINGS)/kustomize-operator.yaml $(OPERATOR_MADE)/*.yaml $(IN_PLACE)/files
	mv $(IN_PLACE)/files/secret-in-a-variable.yaml $(IN_PLACE)/variables
	cp $(RENDERINGS)/kustomize-operator.yaml $(IN_PLACE)/variables
	$(CHECKOV) --directory $(IN_PLACE)/files
	# A workflow may ask for a secret in a variable, which is what the format does unless told otherwise.
	$(CHECKOV) --directory $(IN_PLACE)/variables --skip-check CKV_K8S_35
	$(MANIFESTS_VENV)/bin/hadolint deploy/Containerfile
	$(MANIFESTS_VENV)/bin/python -m pytest -q Tests/Manifests

manifest-tools: $(MANIFESTS_VENV)/.complete
	@scripts/install-manifest-tools.sh $(MANIFESTS_VENV)/bin/python

$(MANIFESTS_VENV)/.complete: deploy/requirements.txt
	scripts/install-dependencies.sh test
	python3 -m venv $(MANIFESTS_VENV)
	$(MANIFESTS_VENV)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

format:
	swift format --in-place --recursive $(SWIFT_FOLDERS)

bench: build test-dependencies
	scripts/install-dependencies.sh bench
	$(PYTHON) Benchmarks/run.py

image:
	$(if $(filter host,$(BUILDER)),scripts/install-dependencies.sh build && scripts/install-dependencies.sh image)
	BASE='$(BASE)' BUILD_OPTIONS='$(BUILD_OPTIONS)' scripts/build-image.sh $(BUILDER)

test-image: image build test-dependencies
	scripts/install-dependencies.sh image
	$(PYTHON) -m pytest -q Tests/Container

build-dependencies:
	@scripts/install-dependencies.sh build

test-dependencies: $(VENV)/.complete

$(VENV)/.complete: Tests/requirements.txt
	scripts/install-dependencies.sh test
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement Tests/requirements.txt
	touch $@
