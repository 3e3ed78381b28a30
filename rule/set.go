package rule

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// A Set is what came of loading rule files. It belongs to the caller.
type Set struct {
	Rules    []*Rule     // by path, then as in the file
	Unusable []*Rule     // rules with an error, as far as they could be read, so that their queries can be checked too
	Skipped  []Skipped   // by path, then as in the file
	Problems source.List // by path, then by place; the rules of an error are not in Rules
}

// A Skipped is a rule, or a file, that is no EQL rule and need not be one.
type Skipped struct {
	Path, ID, Name string
	Type, Language string // as the file says; empty when it does not
	Reason         string // one clause for a person
}

// Err returns nil if no problem is an error (warnings do not count), and
// Problems otherwise.
func (s *Set) Err() error { return s.Problems.Err() }

// A builder puts the files of a set together.
type builder struct {
	decoder  decoder
	sections pile[section]
	readings []*reading
	problems source.List
	skipped  []Skipped
}

// add takes in one file. If it was not named by the caller, a TOML file of
// another kind is none of our business.
func (b *builder) add(path string, data []byte, named bool) {
	out := b.decoder.decode(path, data)
	if out.failure != nil {
		b.problems.Add(out.failure)
		return
	}
	b.sections.taken = 0
	in := read(path, &document{file: out.file}, out.root, &b.sections)
	tests := strings.HasSuffix(path, TestSuffix)
	switch {
	case !in.stray:
	case tests && named:
		b.skipped = append(b.skipped, Skipped{Path: path, Reason: "the file holds tests of a rule"})
		return
	case tests:
		return
	case !named:
		b.skipped = append(b.skipped, Skipped{Path: path, Reason: in.problems[0].Msg})
		return
	}
	in.check()
	in.root = nil
	b.readings = append(b.readings, in)
}

// problem is one of a file as a whole.
func problem(k kind, path, msg string) *source.Error {
	return &source.Error{File: &source.File{Name: path}, Severity: k.Severity, Code: k.Code, Msg: msg}
}

// set finishes: checks across files, then order.
func (b *builder) set() *Set {
	b.compare()
	out := &Set{Problems: b.problems, Skipped: b.skipped}
	for _, in := range b.readings {
		out.Problems = append(out.Problems, in.problems...)
		out.Skipped = append(out.Skipped, in.skipped...)
		if in.failed {
			out.Unusable = append(out.Unusable, withQuery(in.rules)...)
		} else {
			out.Rules = append(out.Rules, in.rules...)
		}
	}
	slices.SortStableFunc(out.Rules, func(a, b *Rule) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortStableFunc(out.Unusable, func(a, b *Rule) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortStableFunc(out.Skipped, func(a, b Skipped) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortStableFunc(out.Problems, func(a, b *source.Error) int {
		return cmp.Or(cmp.Compare(a.File.Name, b.File.Name), cmp.Compare(a.Span.Start, b.Span.Start))
	})
	return out
}

// withQuery returns the rules that have a query.
func withQuery(rules []*Rule) []*Rule {
	var out []*Rule
	for _, r := range rules {
		if r.Query != nil && r.Query.Text != "" {
			out = append(out, r)
		}
	}
	return out
}

// compare looks for rules that get in each other's way.
func (b *builder) compare() {
	type place struct{ layout, os, id string }
	ids := map[place]*reading{}
	names := map[place]*Rule{}
	files := map[place]*Rule{}
	for _, in := range b.readings {
		if in.failed {
			continue
		}
		repeated := false
		for i, r := range in.rules {
			if other := overlapping(func(os string) *reading { return ids[place{os: os, id: r.ID}] }, r); other != nil && !repeated {
				repeated = true
				k := duplicateID
				if r.Layout == Hunt && other.rules[0].Layout == Hunt {
					k = duplicateHunt // nothing is deployed under the id of a hunt
				}
				in.reportAt(r, "id", k, fmt.Sprintf("the id %s is already that of %s", head(r.ID), other.path), "")
				if in.failed {
					break
				}
			}
			for _, os := range systems(r) {
				if ids[place{os: os, id: r.ID}] == nil {
					ids[place{os: os, id: r.ID}] = in
				}
			}
			if i > 0 {
				continue
			}
			at := place{layout: r.Layout.String(), id: r.Name}
			if other := names[at]; other == nil {
				names[at] = r
			} else if r.Name != "" && other.ID != r.ID {
				in.reportAt(r, "name", duplicateName, fmt.Sprintf("the name is already that of %s", other.Path), "")
			}
			at.id = filepath.Base(r.Path)
			if other := files[at]; other == nil {
				files[at] = r
			} else if other.ID != r.ID {
				in.add(duplicateFile, source.SpanAt(0, 0), fmt.Sprintf("the file has the same name as %s", other.Path), "")
			}
		}
	}
}

// Keys of a rule that names no operating system, and of one that does.
const (
	anySystem  = ""
	someSystem = "*"
)

// systems returns the keys under which a rule is found.
func systems(r *Rule) []string {
	if len(r.OS) == 0 {
		return []string{anySystem}
	}
	return append([]string{someSystem}, r.OS...)
}

// overlapping returns a reading that has a system in common with r.
func overlapping(find func(os string) *reading, r *Rule) *reading {
	if len(r.OS) == 0 {
		return cmp.Or(find(anySystem), find(someSystem))
	}
	for _, os := range append([]string{anySystem}, r.OS...) {
		if in := find(os); in != nil {
			return in
		}
	}
	return nil
}
