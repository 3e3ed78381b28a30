package ruletest

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/rule"
	"github.com/eqlkit/eqlkit/rule/testfile"
)

// Options say how rules are compiled and run. The zero Options is the default.
type Options struct {
	// Compile tunes the compilation of every rule: schema, functions and so on.
	Compile []eql.Option
	// Stream tunes the streams that cases run on.
	Stream []eql.StreamOption
	// Dialect returns the dialect of a rule; nil means that of its layout.
	Dialect func(r *rule.Rule) eql.Dialect
	// Base is put before the paths of the file system in messages. If it is empty
	// and the files are those of the operating system, it is their folder.
	Base string
}

// A Suite is the rules of a folder, each with its tests.
type Suite struct {
	Rules []*Rule // by path, then as in the file
	opts  Options
	fsys  fs.FS
	base  string
}

// A Rule is one rule under test. Its methods are safe for concurrent use.
type Rule struct {
	// Name is the path of the file without ".toml", with "#2" and so on for
	// further queries of a hunt.
	Name string
	// Path is the file as messages call it.
	Path string
	// Rule is the rule; nil if the file could not be read.
	Rule *rule.Rule
	// Problem is what is wrong with the rule file or its tests, apart from the
	// query; nil if there is nothing.
	Problem error
	Cases   []*Case

	file    string // as the file system calls it
	suite   *Suite
	golden  *golden
	compile func() (*eql.Query, error)
}

// Load reads the rules below the roots of fsys (its whole if there are none) and
// their tests: rule files, and files NAME.eql with one query. What is wrong with
// a file is the Problem of a Rule, and so is a test file without a rule.
func Load(fsys fs.FS, opts Options, roots ...string) *Suite {
	s := &Suite{opts: opts, fsys: fsys, base: opts.Base}
	if s.base == "" {
		s.base = folderOf(fsys)
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	found := s.find(roots)
	set := &rule.Set{}
	if len(found.others) > 0 {
		set = rule.LoadFS(fsys, found.others...)
	}
	problems := map[string]source.List{}
	for _, e := range set.Problems {
		if e.Severity == source.Err || e.Code == "folder-empty" && len(found.queries) == 0 {
			problems[e.File.Name] = append(problems[e.File.Name], e)
		}
	}
	rules := slices.Concat(set.Rules, set.Unusable, s.queries(found.queries, problems))
	slices.SortStableFunc(rules, func(a, b *rule.Rule) int { return cmp.Compare(a.Path, b.Path) })
	tests := map[string]*tests{}
	for _, r := range rules {
		t := tests[r.Path]
		if t == nil {
			t = s.tests(r.Path)
			tests[r.Path] = t
		}
		s.Rules = append(s.Rules, s.rule(r, t, problems[r.Path]))
	}
	for _, r := range s.Rules { // reported with their rules
		delete(problems, r.file)
	}
	s.orphans(found.tests, tests, problems)
	for name, list := range problems {
		s.Rules = append(s.Rules, &Rule{Name: trim(name), Path: s.shown(name), Problem: s.rename(list), suite: s})
	}
	slices.SortStableFunc(s.Rules, func(a, b *Rule) int { return cmp.Compare(a.Path, b.Path) })
	return s
}

// folderOf returns the folder of the operating system that fsys shows, or "".
func folderOf(fsys fs.FS) string {
	f, err := fsys.Open(".")
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // it was only asked for its name
	if file, ok := f.(*os.File); ok {
		return filepath.ToSlash(filepath.Clean(file.Name()))
	}
	return ""
}

// shown returns what messages call a file.
func (s *Suite) shown(name string) string {
	if s.base == "" || s.base == "." {
		return name
	}
	return path.Join(s.base, name)
}

// orphans reports test files that no rule takes for its own.
func (s *Suite) orphans(names []string, of map[string]*tests, problems map[string]source.List) {
	for _, name := range names {
		stem := strings.TrimSuffix(name, testfile.Suffix)
		if of[name] != nil || of[stem+".toml"] != nil || of[stem+rule.QueryExt] != nil || problems[name] != nil || problems[stem+".toml"] != nil {
			continue
		}
		msg := "there is no rule " + path.Base(stem) + ".toml beside these tests"
		problems[name] = source.List{{File: &source.File{Name: name}, Code: "test-without-rule", Msg: msg}}
	}
}

// rename gives problems the names that messages use.
func (s *Suite) rename(list source.List) error {
	out := make(source.List, len(list))
	for i, e := range list {
		c, f := *e, *e.File
		f.Name = s.shown(f.Name)
		c.File = &f
		out[i] = &c
	}
	return out
}

// trim returns the name of a file without its extension; that of the folder of
// all rules remains ".".
func trim(name string) string {
	if name == "." {
		return name
	}
	return strings.TrimSuffix(name, path.Ext(name))
}

// rule puts a rule and its tests together.
func (s *Suite) rule(r *rule.Rule, t *tests, problems source.List) *Rule {
	out := &Rule{Name: trim(r.Path), Path: s.shown(r.Path), file: r.Path, suite: s, golden: t.golden}
	if r.Index > 0 {
		out.Name += fmt.Sprintf("#%d", r.Index+1)
	}
	c, query := *r, *r.Query
	query.Name = out.Path
	c.Path, c.Query = out.Path, &query
	out.Rule = &c
	if s.opts.Dialect != nil {
		out.Rule.Dialect = s.opts.Dialect(r)
	}
	var errs []error
	if len(problems) > 0 && r.Index == 0 {
		errs = append(errs, s.rename(problems))
	}
	if t.err != nil && r.Index == 0 {
		errs = append(errs, t.err)
	}
	out.Problem = errors.Join(errs...)
	out.compile = sync.OnceValues(func() (*eql.Query, error) { return eql.CompileRule(out.Rule, s.opts.Compile...) })
	for _, tc := range t.cases {
		if tc.Query == r.Index {
			out.Cases = append(out.Cases, &Case{Case: tc, Rule: out, file: t.file})
		}
	}
	return out
}

// Compile compiles the rule, once.
func (r *Rule) Compile() (*eql.Query, error) {
	if r.compile == nil {
		return nil, r.Problem
	}
	return r.compile()
}

// tests is what stands beside a rule file.
type tests struct {
	file   *source.File
	cases  []*testfile.Case
	golden *golden
	err    error
}

// tests reads NAME_test.toml, or else NAME_test.ndjson, beside a rule file.
func (s *Suite) tests(name string) *tests {
	stem := trim(name) + strings.TrimSuffix(testfile.Suffix, ".toml")
	t := &tests{golden: &golden{suite: s, name: stem + goldenExt}}
	if exists(s.fsys, stem+".toml") {
		f, err := testfile.ReadAs(s.fsys, stem+".toml", s.shown(stem+".toml"))
		if err != nil {
			t.err = err
			return t
		}
		t.file, t.cases = f.Source, f.Cases
	} else if exists(s.fsys, stem+".ndjson") {
		c, err := testfile.ReadEvents(s.fsys, stem+".ndjson", s.shown(stem+".ndjson"))
		if err != nil {
			t.err = err
			return t
		}
		t.file, t.cases = &source.File{Name: s.shown(stem + ".ndjson")}, []*testfile.Case{c}
	}
	for _, c := range t.cases {
		t.golden.cases = append(t.golden.cases, c.Name)
	}
	return t
}

func exists(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}
