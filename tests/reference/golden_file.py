"""How golden data is written down, for every generator."""
import tensorfile


def joined(ids):
    return ",".join(str(i) for i in ids)


def write_golden(path, stages, source, target, keep=None, extra=None):
    """keep: only stages whose id ends so are stored; `order` names all of them."""
    kept = {n: v for n, v in stages.items() if keep is None or n.endswith(keep)}
    metadata = {"src_ids": joined(source), "tgt_ids": joined(target),
                "order": " ".join(stages), **(extra or {})}
    tensorfile.write(path, kept, metadata)


def escape(text):
    """One field of a .tsv: backslash, tab, newline and return are escaped."""
    for plain, written in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        text = text.replace(plain, written)
    return text
