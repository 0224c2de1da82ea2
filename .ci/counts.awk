# Sums the last lines of `deno test` runs, such as "ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)", to one line
# "N passed, N failed, N skipped". Give the exit status of the runs with -v status=N: a run that failed without saying
# which test, or that said nothing at all, counts as one failure. Exits with 1 if anything failed.

{ gsub(/\033\[[0-9;]*m/, "") }

# What single tests report counts only where the run breaks off before its last line. Steps are indented: left out.
/^[^ ].* \.\.\. ok \([0-9]/ { since["passed"]++ }
/^[^ ].* \.\.\. FAILED \([0-9]/ { since["failed"]++ }
/^[^ ].* \.\.\. ignored \([0-9]/ { since["ignored"]++ }

/^(ok|FAILED) \| [0-9]+ passed/ {
  fields = split($0, field, / \| /)
  for (i = 2; i <= fields; i++) {
    split(field[i], word, " ")
    count[word[2]] += word[1]
  }
  runs++
  split("", since)
}

END {
  for (outcome in since) count[outcome] += since[outcome]
  if (count["failed"] == 0 && (status != 0 || runs == 0)) count["failed"] = 1
  printf "%d passed, %d failed, %d skipped\n", count["passed"], count["failed"], count["ignored"]
  exit count["failed"] > 0
}
