package ruletest

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
	"github.com/eqlkit/eqlkit/rule/testfile"
)

// found is what lies below the roots of a suite.
type found struct {
	queries []string // files with one query
	tests   []string // test files, if they are those of a folder
	others  []string // the roots that may hold rule files
}

// find looks for files that are no rule files. Package rule reports what cannot
// be read.
func (s *Suite) find(roots []string) found {
	var out found
	for _, root := range roots {
		root = path.Clean(root)
		if path.Ext(root) == rule.QueryExt {
			out.queries = append(out.queries, root)
			continue
		}
		out.others = append(out.others, root)
		rule.Walk(s.fsys, root, func(name string, _ fs.DirEntry, err error) {
			switch {
			case err != nil || name == root:
			case path.Ext(name) == rule.QueryExt:
				out.queries = append(out.queries, name)
			case strings.HasSuffix(name, testfile.Suffix):
				out.tests = append(out.tests, name)
			}
		})
	}
	slices.Sort(out.queries)
	out.queries = slices.Compact(out.queries)
	return out
}

// queries makes rules of files with one query.
func (s *Suite) queries(names []string, problems map[string]source.List) []*rule.Rule {
	var out []*rule.Rule
	for _, name := range names {
		text, err := fs.ReadFile(s.fsys, name)
		if err != nil {
			problems[name] = source.List{{File: &source.File{Name: name}, Msg: "cannot read: " + err.Error()}}
			continue
		}
		out = append(out, rule.OfQuery(name, string(text)))
	}
	return out
}
