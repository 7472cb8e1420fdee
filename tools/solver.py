"""Decides a query of halmos with cvc5: `python solver.py QUERY.smt2` prints unsat, sat with a model, or unknown.

cvc5 treats bit vectors as integers, because it can decide sums, products and quotients of 256 bits only as integers. Most
assumptions of a path that multiply or divide (for example, that a checked product did not overflow) cost much time and are
not needed. So cvc5 first solves the query without them. Fewer assumptions allow more counterexamples, so `unsat` also holds
for the whole query. After any other result cvc5 solves the whole query.
"""

import os
import sys
import threading

import cvc5

# Time limit of the query without these assumptions, seconds.
BRIEFLY = 20


def commands_of(text):
    """Returns the top-level commands of an SMT-LIB file. Symbols in bars can contain parentheses."""
    commands, depth, start, quoted = [], 0, 0, False
    for at, char in enumerate(text):
        if char == "|":
            quoted = not quoted
        if quoted:
            continue
        if char == "(":
            if depth == 0:
                start = at
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                commands.append(text[start : at + 1])
    return commands


def ask(commands, seconds=None):
    """Returns the result of a query and its model, if it has one."""
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("solve-bv-as-int", "sum")
    solver.setOption("produce-models", "true")
    if seconds is not None:
        solver.setOption("tlimit-per", str(seconds * 1000))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "\n".join(commands), "question")
    answers = []
    while not (command := parser.nextCommand()).isNull():
        # An unsatisfiable query has no model.
        if command.getCommandName() == "get-model" and not (answers and answers[-1] == "sat"):
            continue
        answer = command.invoke(solver, parser.getSymbolManager()).strip()
        if answer:
            answers.append(answer)
    return answers


def is_costly(command):
    return any(word in command for word in ("bvmul", "bvudiv", "bvurem", "bvsdiv", "bvsrem", "store"))


def main(path):
    with open(path, encoding="utf-8") as file:
        commands = commands_of(file.read())
    asserts = [command for command in commands if command.startswith("(assert")]
    # The last assertion is the negated claim. It is never removed.
    dropped = {id(command) for command in asserts[:-1] if is_costly(command)}
    if dropped:
        briefly = [c for c in commands if id(c) not in dropped and not c.startswith("(get-")]
        answers = []
        # cvc5 does not respect its time limit everywhere.
        thread = threading.Thread(target=lambda: answers.extend(ask(briefly, BRIEFLY)), daemon=True)
        thread.start()
        thread.join(BRIEFLY + 1)
        if answers == ["unsat"]:
            print("unsat", flush=True)
            return
    print("\n".join(ask(commands)), flush=True)


main(sys.argv[1])
# Ends the process without waiting for a solver that is still running.
os._exit(0)
