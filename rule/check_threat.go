package rule

import (
	"fmt"
	"strconv"
	"strings"
)

// threatPath returns the path of the i-th threat.
func (s *subject) threatPath(i int) string {
	if s.Layout == Detection {
		return "rule.threat." + strconv.Itoa(i)
	}
	return "threat." + strconv.Itoa(i)
}

func threatFramework(s *subject) {
	for i, t := range s.Threats {
		if t.Framework != attack && t.Framework != "MITRE ATLAS" {
			s.report(s.threatPath(i)+".framework", fmt.Sprintf("unknown framework %q", head(t.Framework)), "it is MITRE ATT&CK or MITRE ATLAS")
		}
	}
}

// threatRefs calls yield for every entry of the ATT&CK framework, with its path.
func (s *subject) threatRefs(yield func(ref ThreatRef, kind refKind, path string)) {
	for i, t := range s.Threats {
		if t.Framework != attack {
			continue
		}
		at := s.threatPath(i)
		if t.Tactic != (ThreatRef{}) {
			yield(t.Tactic, tacticRef, at+".tactic")
		}
		for j, q := range t.Techniques {
			at := at + ".technique." + strconv.Itoa(j)
			yield(q.ThreatRef, techniqueRef, at)
			for k, sub := range q.Subtechniques {
				yield(sub, subtechniqueRef, at+".subtechnique."+strconv.Itoa(k))
			}
		}
	}
}

// A refKind is a level of the framework: the pattern of its ids, where 0 stands
// for any digit.
type refKind string

const (
	tacticRef       refKind = "TA0000"
	techniqueRef    refKind = "T0000"
	subtechniqueRef refKind = "T0000.000"
)

func (k refKind) matches(id string) bool {
	if len(id) != len(k) {
		return false
	}
	for i := range len(id) {
		if k[i] == '0' && (id[i] < '0' || id[i] > '9') || k[i] != '0' && id[i] != k[i] {
			return false
		}
	}
	return true
}

// url returns the address of the entry called id.
func (k refKind) url(id string) string {
	group := "techniques"
	if k == tacticRef {
		group = "tactics"
	}
	return "https://attack.mitre.org/" + group + "/" + strings.Replace(id, ".", "/", 1) + "/"
}

func threatID(s *subject) {
	s.threatRefs(func(ref ThreatRef, kind refKind, path string) {
		if kind.matches(ref.ID) {
			return
		}
		if s.Layout == Hunt {
			path = "hunt.mitre"
		}
		s.report(path+".id", fmt.Sprintf("%q is not an id like %s", head(ref.ID), kind), "")
	})
}

func threatParent(s *subject) {
	for i, t := range s.Threats {
		for j, q := range t.Techniques {
			for k, sub := range q.Subtechniques {
				if !strings.HasPrefix(sub.ID, q.ID+".") {
					s.report(fmt.Sprintf("%s.technique.%d.subtechnique.%d.id", s.threatPath(i), j, k),
						fmt.Sprintf("subtechnique %s does not belong to technique %s", head(sub.ID), head(q.ID)), "")
				}
			}
		}
	}
}

func threatReference(s *subject) {
	s.threatRefs(func(ref ThreatRef, kind refKind, path string) {
		want := kind.url(ref.ID)
		switch ref.Reference {
		case want, "":
		case strings.TrimSuffix(want, "/"):
			s.report(path+".reference", "the reference lacks the final slash", "")
		default:
			s.report(path+".reference", fmt.Sprintf("the reference does not match the id %s", head(ref.ID)), "it should be "+head(want))
		}
	})
}

func threatTacticTwice(s *subject) {
	seen := map[string]bool{}
	for i, t := range s.Threats {
		if id := t.Tactic.ID; id != "" && seen[id] {
			s.report(s.threatPath(i)+".tactic.id", fmt.Sprintf("tactic %s is listed twice", head(id)), "")
		} else {
			seen[id] = true
		}
	}
}
