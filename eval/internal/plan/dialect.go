package plan

import (
	"slices"
	"strings"
)

// The nodes of this file are what the endpoint dialect adds.

// A Var is the variable of a Search: it stands for an element of an array.
type Var struct {
	Name  string
	Array *Field
	Depth int // number of variables around it
}

// An Alias is the name of an earlier step.
type Alias struct {
	Name string
	Step int // index of Query.Steps
}

// A Search is _arraysearch: whether an element of an array makes a condition
// true. It is never null.
type Search struct {
	at
	Array *Field // of the event or of an element
	Var   *Var
	Cond  Expr
}

// A Lineage is "descendant of": whether the process of the event was started,
// through others at most, by a process that once had an event like Step.
type Lineage struct {
	at
	Step  Step
	Reads [3]*Field // the fields that tell processes apart: entity, parent and ancestors
}

// The indices of Lineage.Reads.
const (
	Entity = iota
	Parent
	Ancestry
)

// The fields that tell processes apart.
var lineageFields = [...]string{Entity: "process.entity_id", Parent: "process.parent.entity_id", Ancestry: "process.Ext.ancestry"}

// A System is true of events of one of the named operating systems, and of
// those that do not say which one they are of.
type System struct {
	at
	Fields []*Field // the first that has a value tells
	Names  []string
}

// FullPath returns the path of x within an event. For a field of an element it
// goes through the array.
func (x *Field) FullPath() string {
	if x.Var == nil {
		return x.Path
	}
	array := x.Var.Array.FullPath()
	if x.Path == "" {
		return array
	}
	return array + "." + x.Path
}

// A need is what besides the event and its elements a condition depends on.
type need uint8

const (
	needAlias   need = 1 << iota // earlier steps
	needLineage                  // the processes seen so far
	needVar                      // an element of a search around it
)

// needs returns what x depends on. The variables that are bound do not count.
func needs(x Expr, bound ...*Var) need {
	var n need
	switch x := x.(type) {
	case *Field:
		if x.Alias != nil {
			n |= needAlias
		}
		if x.Var != nil && !slices.Contains(bound, x.Var) {
			n |= needVar
		}
	case *Search:
		n |= needs(x.Array, bound...) | needs(x.Cond, append(slices.Clip(bound), x.Var)...)
	case *Lineage:
		n |= needLineage
	case *Const:
	case *Logic: // and what else there is most of, without a detour
		for _, o := range x.Xs {
			n |= needs(o, bound...)
		}
	case *Compare:
		n |= needs(x.X, bound...) | needs(x.Y, bound...)
	case *In:
		n |= needs(x.X, bound...)
	case *Match:
		n |= needs(x.X, bound...)
	default:
		operands(x, func(o Expr) { n |= needs(o, bound...) })
	}
	return n
}

// operands calls yield for the expressions directly below x, but for those of
// the nodes of this file.
func operands(x Expr, yield func(Expr)) {
	switch x := x.(type) {
	case *Call:
		for _, a := range x.Args {
			yield(a)
		}
	case *Arith:
		yield(x.X)
		yield(x.Y)
	case *Compare:
		yield(x.X)
		yield(x.Y)
	case *CompareID:
		yield(x.X)
	case *Same:
		yield(x.X)
		yield(x.Y)
	case *Neg:
		yield(x.X)
	case *IsNull:
		yield(x.X)
	case *Within:
		yield(x.X)
	case *In:
		yield(x.X)
	case *Match:
		yield(x.X)
	case *Not:
		yield(x.X)
	case *Logic:
		for _, o := range x.Xs {
			yield(o)
		}
	}
}

// SystemName returns the name that rules call an operating system by, given what
// an event calls it or its family or platform: windows, macos, linux (of which
// there are many distributions), or the name itself in lower case.
func SystemName(s string) string {
	switch s {
	case "windows", "linux", "macos": // as most events have it
		return s
	}
	s = strings.ToLower(s)
	switch {
	case strings.HasPrefix(s, "windows"):
		return "windows"
	case strings.HasPrefix(s, "mac"), s == "darwin", s == "osx":
		return "macos"
	}
	switch s {
	case "linux", "android", "ios", "unix", "freebsd", "openbsd", "netbsd", "dragonfly", "solaris", "sunos", "aix", "hp-ux", "":
		return s
	default:
		return "linux" // debian, redhat, suse, ubuntu, ...
	}
}
