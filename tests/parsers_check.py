import re
from analyzer.parsers import grammar, _formats
from lark import Lark
import lark
for n in grammar.LINE_GRAMMARS:
    p=grammar.parser(n)
    good,bad=grammar.samples(n)
    for g in good:
        toks={t.type:str(t) for t in p.parse(g).scan_values(lambda v:True)}
        toks={k:v for k,v in toks.items() if k!='SP' and not k.startswith('_')}
        for shape,e in _formats.SHAPES[n].items():
            m=re.fullmatch(e,g)
            if m: break
        assert m,g
        d={k:v for k,v in m.groupdict().items() if v is not None}
        assert d==toks,(shape,d,toks)
        if n in _formats.STARTS: assert re.match(_formats.STARTS[n],g).lastgroup==shape
    for b in bad:
        try: p.parse(b)
        except lark.exceptions.LarkError: pass
        else: raise AssertionError(b)
        if n in _formats.STARTS: assert not re.match(_formats.STARTS[n],b),b
print("ok")
