package flow

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// says tells what may stand for a parameter.
func (p *param) says() string {
	var s string
	switch {
	case len(p.values) > 0 && p.shape == valueList:
		return "a list of " + strings.Join(p.values, ", ")
	case len(p.values) > 0:
		s = "one of " + strings.Join(p.values, ", ")
	case p.max > 0:
		s = "a whole number from " + strconv.Itoa(p.min) + " to " + strconv.Itoa(p.max)
	case p.resource != "":
		s = resourceWords[p.resource]
	}
	switch p.shape {
	case static:
		if s == "" {
			s = "a text without references"
		}
	case oneValue:
		if s == "" {
			s = "a text"
		}
		s += ", or one reference"
	case mixedText:
		if s == "" {
			s = "a text"
		}
		s += ", with any references in it"
	case textMap:
		return "an object of texts with any references in them, or one reference to an object"
	case valueList:
		return "a list of texts or references"
	case objectList:
		return "a list of objects"
	case object:
		return "an object"
	case anyJSON, mixedJSON:
		return "an object or list of any form, or one reference to one"
	}
	return s
}

var resourceWords = map[string]string{
	Queue: "id or ARN of a queue", ContactFlow: "id or ARN of a flow", FlowModule: "id or ARN of a module, perhaps with :version or :alias",
	Agent: "id, ARN or name of a user", Prompt: "id or ARN of a prompt", Hours: "id or ARN of hours of operation",
	View: "id, ARN or name of a view", Function: "ARN of a function", Bot: "ARN of an alias of a bot",
}

// advise tells what to do about a problem of an action: what its type says of the place, or else what the rule says.
func advise(root *node, p Problem) string {
	steps := strings.Split(p.Pointer, "/")
	if len(steps) < 4 || steps[1] != "Actions" {
		return ""
	}
	i, err := strconv.Atoi(steps[2])
	actions := root.get("Actions").list()
	if err != nil || i >= len(actions) {
		return ""
	}
	kind := actions[i].get("Type").word()
	s := specs[kind]
	if s == nil {
		return adviseType(kind)
	}
	if steps[3] == "Transitions" {
		return s.adviseBranches(p.Rule, actions[i])
	}
	known := s.params
	var at *param
	for _, step := range steps[4:] {
		step = unescapePointer.Replace(step)
		if _, err := strconv.Atoi(step); err == nil {
			continue // an item of a list
		}
		i := indexParam(known, step)
		if i < 0 {
			break
		}
		at = &known[i]
		known = at.members
	}
	switch {
	case p.Rule == ruleUnknown && len(known) > 0:
		return "There are: " + paramNames(known) + "."
	case p.Rule == ruleUnknown && (at == nil || at.shape == object):
		return "There are none: take it out."
	case at != nil && (p.Rule == ruleValue || p.Rule == ruleMissing):
		return fmt.Sprintf("%s is %s.", at.name, at.says())
	}
	return ""
}

// mistaken are names that are met and are no types. Source: flow sheet, 11.41.
var mistaken = map[string]string{
	"StartMediaStreaming": "UpdateContactMediaStreamingBehavior", "TransferContactToFlow": "TransferToFlow", "TransferToQueue": "TransferContactToQueue",
	"GetUserInput": "ConnectParticipantWithLexBot", "StoreUserInput": "GetParticipantInput", "CheckStaffing": "CheckMetricData",
	"InvokeLambda": "InvokeLambdaFunction", "Transfer": "TransferContactToQueue or TransferToFlow", "SetAttributes": "UpdateContactAttributes",
	"UpdateRoutingCriteria": "UpdateContactRoutingCriteria", "UpdateParticipantRoleConfig": "InvokeLambdaFunction: only the API has this",
}

// adviseType proposes a type that may be meant: most mistakes are the names of blocks in the designer.
func adviseType(kind string) string {
	meant := mistaken[kind]
	for _, name := range slices.Sorted(maps.Keys(specs)) {
		if meant == "" && (specs[name].block == kind || strings.EqualFold(name, kind) || near(name, kind)) {
			meant = name
		}
	}
	if meant == "" || kind == "" {
		return ""
	}
	return "The type may be " + meant + "."
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")

func indexParam(known []param, name string) int {
	for i := range known {
		if known[i].name == name {
			return i
		}
	}
	return -1
}

func paramNames(known []param) string {
	var names []string
	for _, p := range known {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// adviseBranches tells which branches an action has.
func (s *spec) adviseBranches(rule string, action *node) string {
	if rule != ruleBranches {
		return ""
	}
	if s.terminal {
		return "The flow ends here: leave Transitions empty."
	}
	return strings.Join(branchWords(demandsOf(action)), " ")
}

// branchWords are sentences that tell the branches of an action.
func branchWords(a *actionCheck) []string {
	var all []string
	if a.results != nil {
		s := "Conditions: " + strings.Join(a.results.operators, ", ")
		if len(a.results.operands) > 0 {
			s += " with " + strings.Join(a.results.operands, ", ")
		}
		if len(a.results.required) > 0 {
			s += "; there must be one for " + strings.Join(a.results.required, " and for ")
		}
		all = append(all, s+".")
	} else {
		all = append(all, "No conditions.")
	}
	if len(a.must) > 0 {
		all = append(all, "Errors that must be there: "+strings.Join(a.must, ", ")+".")
	}
	if len(a.may) > 0 {
		all = append(all, "Errors that may be there: "+strings.Join(a.may, ", ")+".")
	}
	if len(a.must)+len(a.may) == 0 {
		all = append(all, "No errors.")
	}
	return all
}
