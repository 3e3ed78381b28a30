package rule

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// QueryExt ends the names of files that hold one query and nothing else.
const QueryExt = ".eql"

// OfQuery returns a Rule without metadata for a file that holds one query and nothing
// else, a byte order mark apart. Its ID and Name are the name of the file, without folders
// and QueryExt.
func OfQuery(name, text string) *Rule {
	base := strings.TrimSuffix(path.Base(filepath.ToSlash(name)), QueryExt)
	text = strings.TrimPrefix(text, byteOrderMark)
	return &Rule{Path: name, ID: base, Name: base, Query: &source.File{Name: name, Text: text}}
}
