// Package hand holds what one would write by hand, in Go, for three rules of a public
// set: the measure of a compiled predicate. The rules themselves stand elsewhere, and
// what can be taken from them is.
package hand

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/eqlkit/eqlkit/rule"
)

// A Rule is a rule of the public set with a function that does the same.
type Rule struct {
	Name     string // one letter
	Category string // of the events
	// Straight returns the function, given the text of the query. It is for one
	// goroutine or several.
	Straight func(query string) func(*Event) bool

	file     string
	from, to string // what to replace in the query
	deepen   func(doc map[string]any, i int)
}

// Rules returns the rules.
func Rules() []Rule {
	return []Rule{
		{
			Name: "A", Category: "process",
			file:     "windows/credential_access_symbolic_link_to_shadow_copy_created.toml",
			deepen:   deepenShadowCopy,
			Straight: func(string) func(*Event) bool { return straightShadowCopy },
		},
		{
			Name: "B", Category: "process",
			file:   "windows/command_and_control_tool_transfer_via_curl.toml",
			deepen: deepenCurl, Straight: straightCurl,
		},
		{
			Name: "C", Category: "network",
			file: "_deprecated/persistence_web_server_sus_destination_port.toml",
			from: `"linux"`, to: `"windows"`,
			deepen: deepenWebServer, Straight: straightWebServer,
		},
	}
}

// Kinds are the kinds of events that a rule is tested with: as they are recorded, and
// such that evaluation runs far into the rule.
var Kinds = []string{"natural", "deep"}

// Query reads the query out of a folder with the public set of detection rules.
func (r *Rule) Query(folder string) (string, error) {
	path := filepath.Join(folder, filepath.FromSlash(r.file))
	set := rule.Load(path)
	if len(set.Rules) != 1 {
		return "", fmt.Errorf("%s is not there, or not a rule", path)
	}
	return strings.Replace(set.Rules[0].Query.Text, r.from, r.to, 1), nil
}

// Docs returns up to n of the events that are of the rule's category, changed as the
// kind asks. Numbers are json.Numbers, or ints where they were changed.
func (r *Rule) Docs(events [][]byte, kind string, n int) ([]map[string]any, error) {
	mark := fmt.Appendf(nil, `"category":[%q`, r.Category)
	var docs []map[string]any
	for _, text := range events {
		if len(docs) == n {
			break
		}
		if !bytes.Contains(text, mark) {
			continue
		}
		var doc map[string]any
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&doc); err != nil {
			return nil, err
		}
		if kind == "deep" {
			r.deepen(doc, len(docs))
		}
		docs = append(docs, doc)
	}
	return docs, nil
}
