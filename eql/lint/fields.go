package lint

import (
	"strings"

	"github.com/eqlkit/eqlkit/eval/schema"
)

// What is known of fields without any schema: the parts of the Elastic Common
// Schema that conditions are about most. A field that is not described here may
// be anything.

// roots are the objects whose fields are described by their last name.
var roots = set("agent client cloud container data_stream destination dll file group host http network " +
	"process Effective_process registry server service source url user")

// singleNames are names of fields of such objects that have one value.
var singleNames = set("args_count bytes command_line directory direction domain entity_id executable exists exit_code extension " +
	"gid hive hostname id inode ip key kind mode name namespace original original_file_name owner packets path pid platform port ppid " +
	"protocol scheme size status status_code subject_name title transport trusted type uid value working_directory")

// otherSingles have one value, too.
var otherSingles = set("event.code event.dataset event.kind event.module event.outcome event.provider " +
	"dns.question.name dns.question.type data_stream.dataset data_stream.type")

// lists have more than one value, whatever their name suggests.
var lists = set("host.ip host.mac")

// numberNames are names of fields that hold numbers, wherever they stand.
var numberNames = set("args_count bytes exit_code packets pid ppid port status_code")

// textNames are names of fields that hold text, if they stand below a root.
var textNames = set("command_line directory executable extension key name path working_directory")

// flagNames are names of fields that hold true or false, if they stand below a
// code_signature.
var flagNames = set("exists trusted valid")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// lastName returns the last segment of a path.
func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// isFlag reports whether a field is known to hold true or false. A mapping that
// says so takes their texts, too; without one they never match.
func isFlag(path string) bool {
	parent, ok := strings.CutSuffix(path, "."+lastName(path))
	return ok && lastName(parent) == "code_signature" && flagNames[lastName(path)]
}

// root returns the first segment of a path, that of the object it belongs to.
func root(path string) string {
	for _, prefix := range []string{"Target.", "Persistence."} {
		path = strings.TrimPrefix(path, prefix)
	}
	first, _, _ := strings.Cut(path, ".")
	return first
}

// isSingle reports whether a field is known to have at most one value in an event.
func (p *pass) isSingle(path string) bool {
	if p.types != nil {
		if f, ok := p.types.Field(path); ok && f.Arity != schema.AnyArity {
			return f.Arity == schema.One
		}
	}
	if p.Sample != nil {
		if f, ok := p.Sample.Field(path); ok && f.Arity == schema.Many {
			return false
		}
	}
	if otherSingles[path] {
		return true
	}
	return roots[root(path)] && singleNames[lastName(path)] && !lists[path] &&
		!strings.Contains(path, ".Ext.") && !strings.Contains(path, "thread.")
}

// classOf returns what kind of values a field holds, and whether that is known.
func (p *pass) classOf(path string) (schema.Class, bool) {
	if p.types != nil {
		if f, ok := p.types.Field(path); ok {
			return f.Class, true
		}
	}
	switch name := lastName(path); {
	case numberNames[name] && (roots[root(path)] || root(path) == "network"):
		return schema.Integer, true
	case textNames[name] && roots[root(path)]:
		return schema.String, true
	default:
		return 0, false
	}
}

// isPort reports whether a field holds a port.
func isPort(path string) bool { return lastName(path) == "port" && strings.Contains(path, ".") }

// isKnownName reports whether a field is one of those described here.
func isKnownName(path string) bool {
	return otherSingles[path] || lists[path] || roots[root(path)] && (singleNames[lastName(path)] || numberNames[lastName(path)])
}
