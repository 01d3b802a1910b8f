using System.Buffers.Binary;
using System.Numerics;

namespace Temporalio.Common;

/// <summary>
/// A random source that gives the same numbers for the same seed in every SDK on Temporal's core: PCG-64 (MCG, XSL-RR),
/// seeded and sampled as the Rust crates rand and rand_pcg 0.10 do.
/// </summary>
public class DeterministicRandom : Random
{
    private static readonly UInt128 Multiplier = new(0x2360ED051FC65DA4, 0x4385DF649FCCF645);
    private UInt128 _state;

    public DeterministicRandom(ulong seed) => _state = Expand(seed) | 1;

    public override int Next() => Next(int.MaxValue);

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return Next(0, maxValue);
    }

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return minValue == maxValue ? minValue : minValue + (int)Below((uint)((long)maxValue - minValue));
    }

    public override double NextDouble() =>
        // 52 random bits as the fraction of a number in [1, 2).
        BitConverter.UInt64BitsToDouble((NextUInt64() >> 12) | 0x3FF0_0000_0000_0000) - 1.0;

    public override void NextBytes(byte[] buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        NextBytes(buffer.AsSpan());
    }

    public override void NextBytes(Span<byte> buffer)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (buffer.Length > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextUInt64());
            var taken = Math.Min(word.Length, buffer.Length);
            word[..taken].CopyTo(buffer);
            buffer = buffer[taken..];
        }
    }

    /// <summary>A version 4 UUID.</summary>
    public Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new(bytes);
    }

    protected override double Sample() => NextDouble();

    // The seed's 16 bytes come from a PCG-32 stream, 4 at a time.
    private static UInt128 Expand(ulong seed)
    {
        UInt128 expanded = 0;
        for (var shift = 0; shift < 128; shift += 32)
        {
            seed = unchecked((seed * 6364136223846793005) + 11634580027462260723);
            var word = (uint)(((seed >> 18) ^ seed) >> 27);
            expanded |= (UInt128)BitOperations.RotateRight(word, (int)(seed >> 59)) << shift;
        }

        return expanded;
    }

    private ulong NextUInt64()
    {
        _state = unchecked(_state * Multiplier);
        return BitOperations.RotateRight((ulong)(_state >> 64) ^ (ulong)_state, (int)(_state >> 122));
    }

    // Canon's method: the high half of a widening multiplication, corrected by at most one more draw.
    private uint Below(uint range)
    {
        var product = (ulong)(uint)NextUInt64() * range;
        var (whole, fraction) = ((uint)(product >> 32), (uint)product);
        if (fraction <= unchecked(0 - range))
        {
            return whole;
        }

        var finer = (ulong)(uint)NextUInt64() * range >> 32;
        return fraction + finer > uint.MaxValue ? whole + 1 : whole;
    }
}
