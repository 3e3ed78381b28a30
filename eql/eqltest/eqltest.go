// Package eqltest runs the tests of EQL rules under "go test". One line tests a
// folder of rules:
//
//	func TestRules(t *testing.T) { eqltest.Run(t, os.DirFS("rules")) }
//
// Every rule is a subtest, named after its file, which fails if the rule does not
// compile; every case of the test file beside it (NAME_test.toml, see package
// rule/testfile) is a subtest of that. A case that fails says where it stands
// and why there is no alert, or what let one through.
//
// The package adds flags to the test binary:
//
//	-update               write the golden files of cases with golden = true
//	-eql.coverage FILE    write what the cases have tried, as HTML or text
//	-eql.mincoverage N    fail below N percent
//
// A test package that has a flag called update of its own shares it with this
// package if it asks flag.Lookup first.
package eqltest

import (
	"flag"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eql/ruletest"
	"github.com/eqlkit/eqlkit/rule"
)

var (
	coverageFile = flag.String("eql.coverage", "", "write the coverage of rules to this `file`: HTML if it ends in .html, else text")
	minCoverage  = flag.Float64("eql.mincoverage", 0, "fail if less than this `percentage` of the outcomes of rules was tried")
)

func init() {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "write golden files")
	}
}

func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// An Option tunes Run.
type Option func(*config)

type config struct {
	ruletest.Options
	parallel bool
	roots    []string
	min      float64
	file     string
}

// WithCompile has rules compiled with options: a schema, functions of your own
// and so on.
func WithCompile(opts ...eql.Option) Option {
	return func(c *config) { c.Compile = append(c.Compile, opts...) }
}

// WithStream has cases run on streams with options.
func WithStream(opts ...eql.StreamOption) Option {
	return func(c *config) { c.Stream = append(c.Stream, opts...) }
}

// WithDialect has all rules read in one dialect, whatever their layout.
func WithDialect(d eql.Dialect) Option {
	return func(c *config) { c.Dialect = func(*rule.Rule) eql.Dialect { return d } }
}

// WithParallel makes the subtests run in parallel with each other, as
// testing.T.Parallel does.
func WithParallel() Option { return func(c *config) { c.parallel = true } }

// WithRoots tests the rules below these folders, or in these files, only.
func WithRoots(roots ...string) Option {
	return func(c *config) { c.roots = append(c.roots, roots...) }
}

// WithMinCoverage fails the test if less than a percentage of what the rules can
// do was tried; the flag -eql.mincoverage takes its place. It does not apply to
// runs of some subtests only.
func WithMinCoverage(percent float64) Option { return func(c *config) { c.min = percent } }

// WithCoverage writes the coverage to a file; the flag -eql.coverage takes its
// place. Calls of Run in one test binary need files of their own.
func WithCoverage(file string) Option { return func(c *config) { c.file = file } }

// Run tests all rules of a folder. Problems of rule files and test files are
// failures of the rule's subtest.
func Run(t *testing.T, rules fs.FS, opts ...Option) {
	t.Helper()
	c := &config{}
	for _, o := range opts {
		o(c)
	}
	if *coverageFile != "" {
		c.file = *coverageFile
	}
	if *minCoverage > 0 {
		c.min = *minCoverage
	}
	suite := ruletest.Load(rules, c.Options, c.roots...)
	if len(suite.Rules) == 0 {
		t.Fatal("there are no rules")
	}
	cover := &ruletest.Coverage{}
	t.Cleanup(func() { c.finish(t, suite, cover) })
	for _, r := range suite.Rules {
		t.Run(r.Name, func(t *testing.T) { c.rule(t, r, cover) })
	}
}

// rule is the subtest of one rule.
func (c *config) rule(t *testing.T, r *ruletest.Rule, cover *ruletest.Coverage) {
	if c.parallel {
		t.Parallel()
	}
	if r.Problem != nil {
		fail(t, ruletest.Describe(r.Problem))
	}
	if r.Rule == nil {
		return
	}
	if _, err := r.Compile(); err != nil {
		fail(t, ruletest.Describe(err))
		return
	}
	cover.Add(r, nil)
	for _, tc := range r.Cases {
		t.Run(tc.Name, func(t *testing.T) {
			if c.parallel {
				t.Parallel()
			}
			result := tc.Run(updating())
			cover.Add(r, result)
			for _, f := range result.Failures {
				fail(t, f.String())
			}
		})
	}
}

// finish writes what is to be written once all subtests are done.
func (c *config) finish(t *testing.T, suite *ruletest.Suite, cover *ruletest.Coverage) {
	if updating() {
		if err := suite.Save(); err != nil {
			t.Error(err)
		}
	}
	if c.file != "" {
		if err := cover.WriteFile(c.file); err != nil {
			t.Error(err)
		}
	}
	if c.min <= 0 || strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		return
	}
	if got := cover.Percent(); got < c.min {
		var b strings.Builder
		_ = cover.WriteText(&b) // a Builder does not fail
		fail(t, fmt.Sprintf("the cases try %.1f%% of what the rules can do, less than %.1f%%\n%s", got, c.min, b.String()))
	}
}

// fail reports a failure by its own place, instead of that of this package.
func fail(t *testing.T, msg string) {
	_, _ = io.WriteString(t.Output(), strings.TrimSuffix(msg, "\n")+"\n") // there is nowhere else to report to
	t.Fail()
}
