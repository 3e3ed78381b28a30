package rule

import "strings"

// attack is the framework that the checks of ids and references know.
const attack = "MITRE ATT&CK"

// A Threat places a rule in a framework of adversary behaviour.
type Threat struct {
	Framework  string
	Tactic     ThreatRef
	Techniques []Technique
}

// A ThreatRef names one entry of a framework. A hunt gives ids only.
type ThreatRef struct{ ID, Name, Reference string }

// A Technique is an entry with the narrower ones below it.
type Technique struct {
	ThreatRef
	Subtechniques []ThreatRef
}

// readThreats reads the list of threat tables at key.
func readThreats(s *section, key string) []Threat {
	var out []Threat
	for _, t := range s.tables(key) {
		threat := Threat{Framework: t.text("framework")}
		if tactic := t.sub("tactic"); tactic != nil {
			threat.Tactic = readThreatRef(tactic)
			tactic.close()
		}
		for _, q := range t.tables("technique") {
			technique := Technique{ThreatRef: readThreatRef(q)}
			for _, sub := range q.tables("subtechnique") {
				technique.Subtechniques = append(technique.Subtechniques, readThreatRef(sub))
				sub.close()
			}
			q.close()
			threat.Techniques = append(threat.Techniques, technique)
		}
		t.close()
		out = append(out, threat)
	}
	return out
}

func readThreatRef(s *section) ThreatRef {
	return ThreatRef{ID: s.text("id"), Name: s.text("name"), Reference: s.text("reference")}
}

// threatsOf makes the tree that a flat list of ids stands for.
func threatsOf(ids []string) []Threat {
	var out []Threat
	var techniques []Technique
	at := map[string]int{}
	for _, id := range ids {
		if strings.HasPrefix(id, "TA") {
			out = append(out, Threat{Framework: attack, Tactic: ThreatRef{ID: id}})
			continue
		}
		parent, _, isSub := strings.Cut(id, ".")
		i, ok := at[parent]
		if !ok {
			i = len(techniques)
			at[parent] = i
			techniques = append(techniques, Technique{ThreatRef: ThreatRef{ID: parent}})
		}
		if isSub {
			techniques[i].Subtechniques = append(techniques[i].Subtechniques, ThreatRef{ID: id})
		}
	}
	if techniques != nil {
		out = append(out, Threat{Framework: attack, Techniques: techniques})
	}
	return out
}
