package main

import (
	"net/url"
	"path/filepath"
	"strings"

	"github.com/openparley/parley/internal/flow"
)

// sarifLog is a log of SARIF 2.1.0, the form that code scanners share.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID                   string    `json:"id"`
	ShortDescription     sarifText `json:"shortDescription"`
	Help                 sarifText `json:"help"`
	DefaultConfiguration struct {
		Level flow.Severity `json:"level"`
	} `json:"defaultConfiguration"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     flow.Severity   `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifLocation struct {
	PhysicalLocation struct {
		ArtifactLocation struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine   int `json:"startLine"`
			StartColumn int `json:"startColumn"`
		} `json:"region"`
	} `json:"physicalLocation"`
	LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifLogical struct {
	Name               string `json:"name"`
	FullyQualifiedName string `json:"fullyQualifiedName"`
}

func sarifOf(all []linted) sarifLog {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "parley flow lint", Version: version(), InformationURI: "https://github.com/openparley/parley"}
	index := map[string]int{}
	for i, r := range flow.Rules() {
		index[r.ID] = i
		rule := sarifRule{ID: r.ID, ShortDescription: sarifText{r.Finds}, Help: sarifText{r.Advice}}
		rule.DefaultConfiguration.Level = r.Severity
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
	}
	for _, file := range all {
		for _, f := range file.Findings {
			var at sarifLocation
			at.PhysicalLocation.ArtifactLocation.URI = uriOf(file.File)
			at.PhysicalLocation.Region.StartLine, at.PhysicalLocation.Region.StartColumn = f.Line, f.Column
			if f.Action != "" {
				at.LogicalLocations = []sarifLogical{{f.Action, f.Pointer}}
			}
			run.Results = append(run.Results, sarifResult{f.Rule, index[f.Rule], f.Severity, sarifText{f.Message}, []sarifLocation{at}})
		}
	}
	return sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}
}

// uriOf is a path as SARIF wants it: relative with forward slashes, or with a scheme.
func uriOf(path string) string {
	if path == "-" {
		return "stdin"
	}
	uri := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		uri.Scheme = "file"
	}
	return strings.TrimPrefix(uri.String(), "./")
}
