"""Small bodies that inflate to very much, made quickly."""

import zlib
from functools import cache

import brotli
from backports import zstd

_MIB = b"\0" * 1024**2


@cache
def gzip_bomb(mebibytes: int = 2048) -> bytes:
    """About 1 kB a mebibyte of zeros: one fully flushed block, many times (its checksum is never reached)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(_MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(_MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (mebibytes - 1)


@cache
def brotli_bomb(mebibytes: int = 256) -> bytes:
    """Some hundred bytes a mebibyte; without an end, which is never reached."""
    packer = brotli.Compressor(quality=1)
    first: bytes = packer.process(_MIB) + packer.flush()
    again: bytes = packer.process(_MIB) + packer.flush()
    return first + again * (mebibytes - 1)


@cache
def zstd_bomb(mebibytes: int = 1024) -> bytes:
    """Some thirty bytes a mebibyte; without an end, which is never reached."""
    packer = zstd.ZstdCompressor(level=1)
    first = packer.compress(_MIB, mode=packer.FLUSH_BLOCK)
    again = packer.compress(_MIB, mode=packer.FLUSH_BLOCK)
    return first + again * (mebibytes - 1)


@cache
def nested_gzip(content: bytes, layers: int) -> bytes:
    """`content` compressed `layers` times over."""
    for _ in range(layers):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        content = packer.compress(content) + packer.flush()
    return content


@cache
def empty_blocks_in_gzip(mebibytes: int = 1024) -> bytes:
    """gzip in gzip whose inner stream is nothing but empty blocks: much work, no output."""
    header = zlib.compressobj(9, zlib.DEFLATED, 31).flush(zlib.Z_SYNC_FLUSH)
    block = b"\x00\x00\x00\xff\xff" * (1024**2 // 5)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = packer.compress(header + block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (mebibytes - 1)
