package llm

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	defaultTimeout = 30 * time.Second
	defaultTurns   = 20
	defaultBytes   = 16 << 10

	// maxTimeout leaves room in the minute that a job has.
	maxTimeout = time.Minute

	maxTurns    = 200
	maxBytes    = 128 << 10 // the history is written with each turn
	maxNames    = 50
	maxPrompt   = 64 << 10
	maxDescribe = 1024
)

// Settings say which model answers, and what it is to do.
type Settings struct {
	// URL is that of the API, to which /chat/completions is added: "https://api.example.org/v1".
	URL   string `yaml:"url"`
	Model string `yaml:"model"`

	// APIKey is sent as the bearer token. APIKeyEnv names a variable of the environment that has it.
	APIKey    string `yaml:"api_key"`
	APIKeyEnv string `yaml:"api_key_env"`

	// Prompt is the system message. {{name}} in it is an attribute of the session; nothing if there is none.
	Prompt string `yaml:"prompt"`

	Temperature *float64 `yaml:"temperature"` // from 0 to 2; nil: the model's own
	MaxTokens   int      `yaml:"max_tokens"`  // of each answer; 0: the model's own limit

	// Options are further members of each request, such as top_p.
	Options map[string]any `yaml:"options"`

	// Timeout is how long an answer may take, with the tools that it uses; default 30 s, at most a minute.
	Timeout time.Duration `yaml:"timeout"`

	History History `yaml:"history"`

	// Attributes are those of the session that the model sets, by name, with what they mean. Intents are how it ends the session.
	Attributes map[string]string `yaml:"attributes"`
	Intents    map[string]Intent `yaml:"intents"`
}

// History bounds what the model is told again: the newest turns, a turn being what the customer says and what the model makes of it.
type History struct {
	Turns int `yaml:"turns"` // default 20, at most 200
	Bytes int `yaml:"bytes"` // of text; default 16,384, at most 131,072
}

// Intent is an end of a session, by which the flow goes on.
type Intent struct {
	When  string            `yaml:"when"`  // the model is to choose it
	Slots map[string]string `yaml:"slots"` // what it gives with it, by name, with what that means
}

var (
	names = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`) // Source: Lex V2 model building API, Name

	// own are the members of a request that are not for Options: these settings decide them, or their answer would not be understood.
	own = []string{"messages", "model", "n", "stream", "stream_options", "tools", "functions"}
)

// Check says what is wrong with settings.
func (s *Settings) Check() error {
	u, err := url.Parse(s.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("url: it is not like https://api.example.org/v1")
	}
	switch {
	case s.Model == "":
		return errors.New("model: it is missing")
	case s.APIKey != "" && s.APIKeyEnv != "":
		return errors.New("api_key and api_key_env: one of them is enough")
	case (s.APIKey != "" || s.APIKeyEnv != "") && u.Scheme == "http" && !loopback(u.Hostname()):
		return errors.New("api_key: it goes over https, or to this machine")
	case s.Temperature != nil && !(*s.Temperature >= 0 && *s.Temperature <= 2):
		return errors.New("temperature: it is from 0 to 2")
	case s.MaxTokens < 0:
		return errors.New("max_tokens: it is negative")
	case s.Timeout < 0 || s.Timeout > maxTimeout || s.Timeout > 0 && s.Timeout < time.Second:
		return fmt.Errorf("timeout: it is from 1s to %v", maxTimeout)
	case s.History.Turns < 0 || s.History.Turns > maxTurns:
		return fmt.Errorf("history.turns: it is from 1 to %d", maxTurns)
	case s.History.Bytes < 0 || s.History.Bytes > maxBytes:
		return fmt.Errorf("history.bytes: it is from 1 to %d", maxBytes)
	case len(s.Prompt) > maxPrompt:
		return fmt.Errorf("prompt: it has more than %d bytes", maxPrompt)
	}
	if _, err := parsePrompt(s.Prompt); err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	for _, name := range own {
		if _, ok := s.Options[name]; ok {
			return fmt.Errorf("options: %s is not for you to set", name)
		}
	}
	if err := checkNames("attributes", s.Attributes); err != nil {
		return err
	}
	if len(s.Intents) > maxNames {
		return fmt.Errorf("intents: there are more than %d", maxNames)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Intents)) {
		of := s.Intents[name]
		if err := checkNames("intents", map[string]string{name: of.When}); err != nil {
			return err
		}
		if err := checkNames("intents."+name+".slots", of.Slots); err != nil {
			return err
		}
	}
	return nil
}

func checkNames(setting string, of map[string]string) error {
	if len(of) > maxNames {
		return fmt.Errorf("%s: there are more than %d", setting, maxNames)
	}
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if !names.MatchString(name) {
			return fmt.Errorf("%s: %q is not 1 to 100 letters, digits, - and _", setting, name)
		}
		if text := strings.TrimSpace(of[name]); text == "" || len(text) > maxDescribe {
			return fmt.Errorf("%s.%s: say what it means, in at most %d bytes", setting, name, maxDescribe)
		}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// prompt is a text with names in it: those at odd places.
type prompt []string

func parsePrompt(text string) (p prompt, err error) {
	for {
		before, after, found := strings.Cut(text, "{{")
		p = append(p, before)
		if !found {
			return p, nil
		}
		name, rest, closed := strings.Cut(after, "}}")
		if name = strings.TrimSpace(name); !closed || !names.MatchString(name) {
			return nil, errors.New("{{ begins no name of an attribute")
		}
		p, text = append(p, name), rest
	}
}

// with is the text with values in the place of the names.
func (p prompt) with(values map[string]string) string {
	var b strings.Builder
	for i, part := range p {
		if i%2 == 1 {
			part = values[part]
		}
		b.WriteString(part)
	}
	return b.String()
}
