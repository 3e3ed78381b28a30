package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/ruletest"
	"github.com/eqlkit/eqlkit/rule"
)

const testLong = `Compiles the rules of the files and folders, runs the tests that stand beside them
and prints what failed and why: the predicate that was false and the value it saw,
an event that came too late or had another key, or what let an alert through.

The tests of NAME.toml are in NAME_test.toml: cases with events and the alerts that
they are to give. A file NAME_test.ndjson alone is one case whose alerts are kept in
NAME_test.golden, which --update writes.

  [base]                             # what all events have in common
  event.category = "process"

  [[case]]
  name = "a shell"
  alerts = ["shell"]                 # 0 for none, or a number, or a list of
                                     # { events = [...], keys = [...] }
  [[case.events]]
  "@id" = "shell"
  "@offset" = "+3s"
  process.name = "cmd.exe"

With --coverage, a report tells what no case has tried: predicates that were never
true, never false or never evaluated, steps that were never reached or from which
maxspan never ended a sequence.

The same tests run under "go test"; see package eqltest. The exit code is 1 if a
case failed, a rule does not compile, or coverage is below --min-coverage.`

const testExample = `  eql test rules/
  eql test --run 'egress.*/too late' -v rules/
  eql test --coverage coverage.html --min-coverage 80 rules/`

type testFlags struct {
	eventFlags
	run                   string
	update, verbose       bool
	coverage              string
	minCoverage           float64
	dialect, format       *choice
	pattern               *regexp.Regexp
	rules, cases, failing int
}

func (a *app) testCmd() *cobra.Command {
	f := &testFlags{}
	cmd := &cobra.Command{
		Use:     "test [flags] PATH...",
		Short:   "Run the tests of rules",
		Long:    testLong,
		Example: testExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("give a rule file or a folder")
			}
			return nil
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.run, "run", "", "run only what matches this regular `expression`: RULE/CASE")
	fs.BoolVar(&f.update, "update", false, "write the golden files of cases that have one")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "print every rule and case")
	fs.StringVar(&f.coverage, "coverage", "", "write what the cases have tried to this `file`: HTML if it ends in .html, else\ntext; \"-\" is standard output")
	fs.Float64Var(&f.minCoverage, "min-coverage", 0, "fail if less than this `percentage` was tried")
	f.dialect = choose(cmd, "dialect", "the language of the rules", dialects...)
	f.format = choose(cmd, "format", "how results are printed", "text", "json")
	f.addFields(cmd)
	return a.command(cmd, func(_ context.Context, paths []string) error { return a.test(f, paths) })
}

func (a *app) test(f *testFlags, paths []string) error {
	opts, err := f.options()
	if err != nil {
		return err
	}
	if f.pattern, err = regexp.Compile(f.run); err != nil {
		return usage("--run: " + err.Error())
	}
	if !(f.minCoverage >= 0 && f.minCoverage <= 100) {
		return usage("--min-coverage must be from 0 to 100")
	}
	cover := &ruletest.Coverage{}
	for _, path := range paths {
		folder, roots, err := place(path)
		if err != nil {
			a.errorf("%v", err)
			f.failing++
			continue
		}
		suite := ruletest.Load(folder, ruletest.Options{Compile: opts, Dialect: f.ruleDialect()}, roots...)
		if err := a.testSuite(f, suite, cover); err != nil {
			return err
		}
	}
	if err := a.writeCoverage(f, cover); err != nil {
		return err
	}
	if f.rules == 0 && f.failing == 0 {
		if f.run != "" {
			a.errorf("no rule or case matches --run %s", f.run)
		} else {
			a.errorf("there is no rule to test")
		}
		return errProblems
	}
	if f.failing > 0 {
		return errProblems
	}
	return nil
}

// place returns the folder of a path and what is meant in it.
func place(path string) (folder fs.FS, roots []string, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, nil, err
	case info.IsDir():
		return os.DirFS(path), nil, nil
	default:
		return os.DirFS(filepath.Dir(path)), []string{filepath.Base(path)}, nil
	}
}

func (f *testFlags) ruleDialect() func(*rule.Rule) eql.Dialect {
	return func(r *rule.Rule) eql.Dialect { return dialectOf(r, f.dialect.value) }
}

// testSuite runs the rules of one path.
func (a *app) testSuite(f *testFlags, suite *ruletest.Suite, cover *ruletest.Coverage) error {
	for _, r := range suite.Rules {
		problem, ran := checkRule(r), false
		for _, c := range r.Cases {
			if problem != nil || !f.pattern.MatchString(r.Name+"/"+c.Name) {
				continue
			}
			ran = true
			f.cases++
			start := time.Now()
			result := c.Run(f.update)
			cover.Add(r, result)
			if err := a.writeTest(f, r, c.Name, result.Failures, time.Since(start)); err != nil {
				return err
			}
		}
		if !ran && !f.pattern.MatchString(r.Name) {
			continue
		}
		f.rules++
		if problem == nil {
			cover.Add(r, nil)
		}
		if !ran {
			var failures []ruletest.Failure
			if problem != nil {
				failures = []ruletest.Failure{{Place: r.Path, Msg: "cannot be tested", Detail: ruletest.Describe(problem)}}
			}
			if err := a.writeTest(f, r, "", failures, 0); err != nil {
				return err
			}
		}
	}
	return suite.Save()
}

// checkRule returns what is wrong with a rule before any case runs.
func checkRule(r *ruletest.Rule) error {
	if r.Problem != nil {
		return r.Problem
	}
	_, err := r.Compile()
	return err
}

// A testLine is a case, or a rule without one, as --format json prints it.
type testLine struct {
	Rule     string        `json:"rule"`
	File     string        `json:"file"`
	Case     string        `json:"case,omitempty"`
	OK       bool          `json:"ok"`
	Failures []testFailure `json:"failures,omitempty"`
}

type testFailure struct {
	Place   string `json:"place"`
	Message string `json:"message"`
	Detail  string `json:"detail,omitempty"`
}

// writeTest prints the outcome of a case; without a name that of a rule.
func (a *app) writeTest(f *testFlags, r *ruletest.Rule, name string, failures []ruletest.Failure, took time.Duration) error {
	if len(failures) > 0 {
		f.failing++
	}
	if f.format.value == "json" {
		line := testLine{Rule: r.Name, File: r.Path, Case: name, OK: len(failures) == 0}
		for _, x := range failures {
			line.Failures = append(line.Failures, testFailure{x.Place, x.Msg, x.Detail})
		}
		return writeJSON(a.out, line)
	}
	full := r.Name
	if name != "" {
		full += "/" + name
	}
	switch {
	case len(failures) > 0:
		fmt.Fprintf(a.out, "%s (%.2fs)\n", a.outTerm.bad(printable("--- FAIL: "+full)), took.Seconds())
	case f.verbose:
		fmt.Fprintf(a.out, "%s (%.2fs)\n", printable("--- PASS: "+full), took.Seconds())
	}
	for _, x := range failures {
		if _, err := fmt.Fprintln(a.out, "    "+strings.ReplaceAll(printable(x.String()), "\n", "\n    ")); err != nil {
			return err
		}
	}
	return nil
}

// writeCoverage writes the report and the last line, and compares the coverage
// with what is asked for.
func (a *app) writeCoverage(f *testFlags, cover *ruletest.Coverage) error {
	switch f.coverage {
	case "":
	case "-":
		if err := cover.WriteText(a.out); err != nil {
			return err
		}
	default:
		if err := cover.WriteFile(f.coverage); err != nil {
			return err
		}
	}
	note := ""
	if percent := cover.Percent(); f.coverage != "" || f.minCoverage > 0 {
		note = fmt.Sprintf(", coverage %.1f%%", percent)
		if percent < f.minCoverage {
			f.failing++
			a.errorf("coverage is %.1f%%, less than %.1f%%", percent, f.minCoverage)
		}
	}
	if f.format.value == "text" {
		verdict := "ok"
		if f.failing > 0 || f.rules == 0 {
			verdict = "FAIL"
		}
		fmt.Fprintf(a.out, "%s\t%s, %s, %d failed%s\n", verdict, count(uint64(f.rules), "rule"), count(uint64(f.cases), "case"), f.failing, note)
	}
	return nil
}
