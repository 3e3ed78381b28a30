package rule

import (
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast/source"
)

// A Check describes one kind of problem that this package reports.
type Check struct {
	Code     string // stable; the Code of the reported source.Error
	Severity source.Severity
	Doc      string // one sentence for the author of a rule
}

// Checks returns everything this package checks, in order of code. The slice is
// the caller's.
func Checks() []Check {
	out := slices.Clone(readKinds)
	for _, c := range checks {
		out = append(out, c.Check)
	}
	slices.SortFunc(out, func(a, b Check) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// kind is short for the table of kinds below.
type kind = Check

// The kinds of problems found while a file is read and a set is put together;
// checks has the others.
var (
	notTOML       = kind{"toml-syntax", source.Err, "The file is not valid TOML."}
	notUTF8       = kind{"toml-encoding", source.Err, "The file is not UTF-8 text."}
	unreadable    = kind{"file-unreadable", source.Err, "The file or folder does not exist or cannot be read."}
	tooLarge      = kind{"file-too-large", source.Err, "The file exceeds the size limit."}
	nothingFound  = kind{"folder-empty", source.Warning, "The folder holds no TOML file."}
	notFollowed   = kind{"folder-linked", source.Warning, "A link to a folder lies in a folder; it is not followed."}
	notRule       = kind{"file-not-a-rule", source.Err, "The file has none of the three layouts of rule files."}
	tooMany       = kind{"problems-left-out", source.Warning, "The file has more problems than are reported."}
	noQuery       = kind{"query-missing", source.Err, "The rule has no query, or an empty one."}
	noID          = kind{"id-missing", source.Err, "The rule has no id."}
	noLanguage    = kind{"language-missing", source.Err, "The rule says neither its language nor its type."}
	typeMismatch  = kind{"language-type-mismatch", source.Err, "An EQL rule has language \"eql\" and type \"eql\"."}
	wrongType     = kind{"wrong-type", source.Warning, "A known key holds a value of another type; it is kept in Extra."}
	notList       = kind{"string-for-list", source.Warning, "A list is given as a plain string; it is read as a list of one."}
	unknownKey    = kind{"unknown-key", source.Warning, "The layout has no key of this name; its value is kept in Extra."}
	duplicateID   = kind{"duplicate-id", source.Err, "Two rules for the same operating system have the same id."}
	duplicateHunt = kind{"duplicate-hunt-id", source.Warning, "Two hunts have the same uuid, so that their queries share ids."}
	duplicateName = kind{"duplicate-name", source.Warning, "Two rules have the same name."}
	duplicateFile = kind{"duplicate-file-name", source.Warning, "Two files have the same name."}
)

var readKinds = []kind{
	notTOML, notUTF8, unreadable, tooLarge, nothingFound, notFollowed, notRule, tooMany, noQuery, noID, noLanguage,
	typeMismatch, wrongType, notList, unknownKey, duplicateID, duplicateHunt, duplicateName, duplicateFile,
}
