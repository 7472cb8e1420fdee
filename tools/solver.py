"""Answers one of halmos's questions with cvc5: `python solver.py QUESTION.smt2` prints unsat, sat with a model, or unknown.

cvc5 reads bit vectors as integers, which is what sums, products and quotients of 256 bits can be decided as. What a path
has assumed along with the bounds of its inputs (that a checked product did not overflow, for one) is mostly what it costs
and not what it needs: the question is first asked without the assumptions that multiply or divide. Fewer assumptions
allow more counterexamples, so that `unsat` is the answer to the whole question as well; any other answer is not, and
the whole question follows.
"""

import os
import sys
import threading

import cvc5

# Seconds for the question without the assumptions.
BRIEFLY = 20


def commands_of(text):
    """The top-level commands of an SMT-LIB file. Symbols in bars may contain parentheses."""
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
    """The answer and, to a question that may have one, the model."""
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("solve-bv-as-int", "sum")
    solver.setOption("produce-models", "true")
    if seconds is not None:
        solver.setOption("tlimit-per", str(seconds * 1000))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "\n".join(commands), "question")
    answers = []
    while not (command := parser.nextCommand()).isNull():
        # There is no model of what is not satisfiable.
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
    # What is to be shown comes last.
    dropped = {id(command) for command in asserts[:-1] if is_costly(command)}
    if dropped:
        briefly = [c for c in commands if id(c) not in dropped and not c.startswith("(get-")]
        answers = []
        # The limit is not kept everywhere in cvc5.
        thread = threading.Thread(target=lambda: answers.extend(ask(briefly, BRIEFLY)), daemon=True)
        thread.start()
        thread.join(BRIEFLY + 1)
        if answers == ["unsat"]:
            print("unsat", flush=True)
            return
    print("\n".join(ask(commands)), flush=True)


main(sys.argv[1])
# Without waiting for a solver that is still at it.
os._exit(0)
