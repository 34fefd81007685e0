package portable

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// readDocument reads the file of a resource that is no flow.
func readDocument(content, noun string, doc any) error {
	dec := json.NewDecoder(strings.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(doc); err != nil {
		return fmt.Errorf("this is no %s: %w", noun, err)
	}
	return nil
}

// writeDocument writes it: members that are not there are left out, and the others stand in the order of their names.
func writeDocument(doc any) (string, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return "", err
	}
	var all any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&all); err != nil {
		return "", err
	}
	text, err = stable(withoutNothing(all))
	return string(text), err
}

// withoutNothing takes away members that are null, empty texts or empty lists.
func withoutNothing(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			member = withoutNothing(member)
			v[name] = member
			if list, ok := member.([]any); member == nil || member == "" || ok && len(list) == 0 {
				delete(v, name)
			}
		}
	case []any:
		for i, item := range v {
			v[i] = withoutNothing(item)
		}
	}
	return v
}
