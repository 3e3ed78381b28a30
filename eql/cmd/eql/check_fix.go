package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/eql/cmd/eql/internal/input"
	"github.com/eqlkit/eqlkit/eql/lint"
	"github.com/eqlkit/eqlkit/rule"
)

// fix makes the safe fixes of all rules and formats them, in their files, and
// returns the rules as they are then. The query of a flag or of standard input
// is printed instead. What cannot be parsed stays as it is.
func (a *app) fix(set *rule.Set, paths []string, dialect string, o lint.Options) (*rule.Set, error) {
	var printed []*rule.Rule
	fixed, files := 0, 0
	for _, group := range byPath(set.Rules) {
		path := group[0].Path
		for _, r := range group {
			r.Dialect = dialectOf(r, dialect)
		}
		if prints(group) {
			if text, _, err := lint.Fix(group[0], o); err == nil { // an error is reported with the rest
				group[0].Query = &source.File{Name: path, Text: text}
				if _, err := a.out.WriteString(text); err != nil {
					return nil, err
				}
			}
			printed = append(printed, group[0])
			continue
		}
		n, changed, err := fixFile(path, group, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		fixed += n
		if changed {
			files++
		}
	}
	if files > 0 {
		fmt.Fprintf(a.err, "%d findings fixed, %d files written\n", fixed, files)
	}
	paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return p == input.Stdin })
	set = a.loadRules(paths)
	set.Rules = append(set.Rules, printed...)
	return set, nil
}

// byPath groups rules, which are in order of path, by their file.
func byPath(rules []*rule.Rule) [][]*rule.Rule {
	var out [][]*rule.Rule
	for i, r := range rules {
		if i == 0 || rules[i-1].Path != r.Path {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], r)
	}
	return out
}

// fixFile fixes the rules of one file and writes it if that changes it.
func fixFile(path string, rules []*rule.Rule, o lint.Options) (fixed int, changed bool, err error) {
	old, err := os.ReadFile(path)
	if err != nil {
		return 0, false, err
	}
	data := slices.Clone(old)
	for _, r := range rules {
		text, n, err := lint.Fix(r, o)
		if err != nil {
			continue // it is reported with the rest
		}
		if filepath.Ext(path) != ".toml" {
			data = []byte(text)
		} else if data, err = rule.ReplaceQuery(data, r.Index, text); err != nil {
			return 0, false, err
		}
		fixed += n
	}
	if bytes.Equal(old, data) {
		return 0, false, nil
	}
	if err := rewrite(path, data); err != nil {
		return 0, false, err
	}
	return fixed, true, nil
}
