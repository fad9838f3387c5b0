.DEFAULT_GOAL := help
.PHONY: help run test check fix screenshots bench eval train fuzz migration lock audit security setup-run setup-dev format lint contracts types migrations

PYTHON ?= python3
BIN := .venv/bin

help: ## 列出所有命令
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup-run:
	@$(PYTHON) tools/bootstrap.py requirements.lock

setup-dev:
	@$(PYTHON) tools/bootstrap.py requirements-dev.lock

run: setup-run ## 启动演示县：网页、后台任务、微信模拟器；Ctrl-C 全部停止
	@exec $(BIN)/python -m app.launch

test: setup-dev ## 运行测试
	@$(BIN)/pytest -n 2 $(PYTEST_ARGS)

check: setup-dev format lint contracts types security migrations ## CI 运行的全部检查
	@$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered --cov-fail-under=90 $(PYTEST_ARGS)

format:
	@$(BIN)/ruff format --check .

lint:
	@$(BIN)/ruff check .

contracts:
	@$(BIN)/lint-imports

types:
	@$(BIN)/mypy

security:
	@$(BIN)/bandit -q -ll -r app bot admin outbox services classifier models domain simulator

audit: setup-dev ## 查依赖的已知漏洞（要能上网，不在 make check 里）
	@$(BIN)/pip-audit --disable-pip -r requirements.lock

fuzz: setup-dev ## 按覆盖率引导的模糊测试，默认一分钟：make fuzz seconds=600
	@$(BIN)/uv pip install -q --python $(BIN)/python --group fuzz
	@$(BIN)/python -m tests.fuzz.guided -max_total_time=$(or $(seconds),60) -max_len=4096 -verbosity=0 -print_final_stats=1

migrations:
	@$(BIN)/python -m tools.check_migrations

fix: setup-dev ## 整理格式，做安全的自动修正
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

screenshots: setup-dev ## 每个页面拍照，放进 screenshots/（两种宽度，浅色和深色）
	@$(BIN)/pytest -q -n 0 tests/scenario/test_pages.py

bench: setup-dev ## 测速度，打印一张表并写入 bench/results.json；parts="messages reporting" 只测这几部分
	@$(BIN)/python -m bench $(parts)

eval: setup-dev ## 训练并评估分类器，打印一张表并写模型卡
	@$(BIN)/flask classifier evaluate

train: setup-run ## 训练分类器
	@$(BIN)/flask classifier train

migration: setup-dev ## 新的数据库迁移：make migration m="add case supervised at"
	@$(BIN)/alembic revision --autogenerate --rev-id $$(printf '%04d' $$(( $$(ls migrations/versions/[0-9]*.py | wc -l) + 1 ))) -m "$(m)"

lock: setup-dev ## 重新锁定依赖版本
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock
