package wire

import (
	"context"
	"errors"
	"reflect"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// PaginatorOptions say how pages are asked for.
type PaginatorOptions struct {
	// Limit is how many entries a page may have; 0 leaves it to the server.
	Limit int32
	// StopOnDuplicateToken ends with a page whose token is that of the page before.
	StopOnDuplicateToken bool
}

// Paginator reads the pages of a list one after the other. It is for one goroutine.
type Paginator[In, Out any] struct {
	options PaginatorOptions
	call    func(context.Context, *In, ...func(*Options)) (*Out, error)
	params  In
	token   *string
	begun   bool
}

// NewPaginator returns a paginator that begins where params say. The input has the members NextToken and, perhaps,
// MaxResults, the output NextToken.
func NewPaginator[In, Out any](
	call func(context.Context, *In, ...func(*Options)) (*Out, error), params *In, optFns ...func(*PaginatorOptions),
) *Paginator[In, Out] {
	p := &Paginator[In, Out]{call: call}
	if params != nil {
		p.params = *params
	}
	in := reflect.ValueOf(&p.params).Elem()
	p.token = in.FieldByName("NextToken").Interface().(*string)
	if limit := in.FieldByName("MaxResults"); limit.IsValid() {
		if limit.Kind() != reflect.Pointer {
			p.options.Limit = int32(limit.Int())
		} else if !limit.IsNil() {
			p.options.Limit = int32(limit.Elem().Int())
		}
	}
	for _, fn := range optFns {
		fn(&p.options)
	}
	return p
}

// HasMorePages tells whether NextPage has a page to read.
func (p *Paginator[In, Out]) HasMorePages() bool { return !p.begun || p.token != nil && *p.token != "" }

// NextPage reads the next page.
func (p *Paginator[In, Out]) NextPage(ctx context.Context, optFns ...func(*Options)) (*Out, error) {
	if !p.HasMorePages() {
		return nil, errors.New("no more pages available")
	}
	params := p.params
	in := reflect.ValueOf(&params).Elem()
	in.FieldByName("NextToken").Set(reflect.ValueOf(p.token))
	if limit := in.FieldByName("MaxResults"); limit.IsValid() {
		limit.SetZero()
		if limit.Kind() != reflect.Pointer {
			limit.SetInt(int64(p.options.Limit))
		} else if p.options.Limit > 0 {
			limit.Set(reflect.ValueOf(new(p.options.Limit)))
		}
	}
	out, err := p.call(ctx, &params, append([]func(*Options){paginating}, optFns...)...)
	if err != nil {
		return nil, err
	}
	before := p.token
	p.token = reflect.ValueOf(out).Elem().FieldByName("NextToken").Interface().(*string)
	p.begun = true
	if p.options.StopOnDuplicateToken && before != nil && p.token != nil && *before == *p.token {
		p.token = nil
	}
	return out, nil
}

// paginating tells the server, in the User-Agent, that pages are read.
func paginating(o *Options) {
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		m, _ := s.Build.Get((*awsmiddleware.RequestUserAgent)(nil).ID())
		if agent, ok := m.(*awsmiddleware.RequestUserAgent); ok {
			agent.AddUserAgentFeature(awsmiddleware.UserAgentFeaturePaginator)
		}
		return nil
	})
}
