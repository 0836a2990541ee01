# Short names for the scripts and cargo commands; each works without `just`.

# every test
test *arguments:
    ./test {{arguments}}

# long repetitions: 500 rounds of each test whose name contains `rounds`
soak *arguments:
    ./soak {{arguments}}

# the measurements of docs/performance.md, or single rows of them: just bench P3 P15
bench *arguments:
    ./bench {{arguments}}

# what a request costs in instructions, against what is written down; `--write` writes it down anew
instructions *arguments:
    scripts/instruction-counts {{arguments}}

# cases about timing: statistics over many requests, so neither quick nor fit for a busy machine
timing:
    cargo test --release --workspace -- --ignored --nocapture --test-threads 1 timing

# put the code into its standard form
fmt:
    cargo fmt --all

# formatting and clippy
lint:
    ./test --only lint
