package arn

import "testing"

func TestIDs(t *testing.T) {
	s := Scope{Region: "eu-central-1", Account: "111122223333"}
	for _, tt := range []struct {
		name, in, want string
		ok             bool
	}{
		{"bare id", "f1", "f1", true},
		{"bare id with qualifier", "f1:$SAVED", "f1:$SAVED", true},
		{"ARN", "arn:aws:connect:eu-central-1:111122223333:instance/i1/contact-flow/f1", "f1", true},
		{"ARN with qualifier", "arn:aws:connect:eu-central-1:111122223333:instance/i1/contact-flow/f1:$SAVED", "f1:$SAVED", true},
		{"other kind", "arn:aws:connect:eu-central-1:111122223333:instance/i1/queue/f1", "", false},
		{"other instance", "arn:aws:connect:eu-central-1:111122223333:instance/i2/contact-flow/f1", "", false},
		{"other account", "arn:aws:connect:eu-central-1:999922223333:instance/i1/contact-flow/f1", "", false},
		{"other Region", "arn:aws:connect:us-east-1:111122223333:instance/i1/contact-flow/f1", "", false},
		{"no id", "arn:aws:connect:eu-central-1:111122223333:instance/i1/contact-flow/", "", false},
	} {
		if got, ok := s.ResourceID("i1", ContactFlow, tt.in); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%s: ResourceID(%q) = %q, %v, want %q, %v", tt.name, tt.in, got, ok, tt.want, tt.ok)
		}
	}
	if got, ok := s.InstanceID(s.Instance("i1")); got != "i1" || !ok {
		t.Errorf("InstanceID of an instance ARN = %q, %v", got, ok)
	}
	if got, ok := s.InstanceID(s.Resource("i1", Queue, "q1")); ok {
		t.Errorf("InstanceID of a queue ARN = %q, want none", got)
	}
}
