// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {HedgeMath} from "../libraries/HedgeMath.sol";
import {LiabilityMath} from "../libraries/LiabilityMath.sol";
import {Position} from "../types/Position.sol";
import {Base, PPM, Price, Quote, WAD} from "../types/Units.sol";
import {BaseVaultModule} from "./spot-hedge/BaseVaultModule.sol";
import {SpotHedgeMaker} from "./spot-hedge/SpotHedgeMaker.sol";
import {SpotHedgeStorage} from "./spot-hedge/SpotHedgeStorage.sol";

/// @title An LP vault of base tokens that hedges every fill on a spot market in the same transaction
/// @notice When a taker sells, the vault sells the same base on the spot market and the proceeds go straight into its
/// margin; when a taker buys, the vault draws quote from its margin and buys the same base back. The base it holds and
/// the base it is long in perpetuals always add up to what LPs own, so their exposure, counted in base, does not move
/// (H1). Its perpetual position is never short.
contract SpotHedgeBaseMaker is SpotHedgeMaker {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev Where fees have left less than a thousandth of what a close costs, nothing is bought: counted up to the whole,
    /// the roundings of so small a swap would be the taker's.
    uint256 private constant LEAST_BOUGHT = 1000;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 baseToken_,
        Parameters memory parameters_
    )
        SpotHedgeStorage(name_, symbol_, owner_, clearingHouse_, marketId_, baseToken_, baseToken_)
        SpotHedgeMaker(parameters_, new BaseVaultModule(clearingHouse_, marketId_, baseToken_))
    {}

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IMaker
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio) {
        return (0, LiabilityMath.utilRatioUp(assetBalance, assetLiability));
    }

    /// @inheritdoc IMaker
    /// @dev All that LPs have put in can be sold once; the vault is never short.
    function getCapacity() external view returns (uint256 long, uint256 short) {
        return (assetLiability * assetScale, 0);
    }

    // ---------------------------------------------------------------------------------------------------- hedges ----

    /// @dev The vault is long or flat, and grows when takers sell.
    function _isGrowing(bool isBaseToQuote) internal pure override returns (bool) {
        return isBaseToQuote;
    }

    function _sellBase(Parameters memory p, FillInput memory input, uint256 amount)
        internal
        override
        returns (Hedge memory hedge)
    {
        uint256 size = input.makerSize.abs();
        uint256 units = HedgeMath.unitsBetween(size, size + amount, assetScale);
        uint256 available = assetBalance;
        if (units > available) revert MakerCapacityExceeded(amount, available * assetScale);
        if (units != 0) hedge = _sell(p, true, units);
    }

    /// @dev Less what fees have eaten: the cost is then counted up to the whole, so that the fill has the price of the
    /// swap.
    function _buyBase(Parameters memory p, FillInput memory input, uint256 amount)
        internal
        override
        returns (Hedge memory hedge)
    {
        uint256 size = input.makerSize.abs();
        _requireWithin(amount, size);
        uint256 whole = HedgeMath.unitsBetween(size - amount, size, assetScale);
        uint256 shortage = Math.min(whole, _shortageUnitsUp(input, amount, size));
        if ((whole - shortage) * LEAST_BOUGHT < whole) shortage = whole;
        if (whole != shortage) hedge = _buy(p, false, whole - shortage);
        if (shortage == 0) return hedge;
        hedge.shortage = shortage * assetScale;
        hedge.quote = whole == shortage
            ? Math.mulDiv(hedge.shortage, input.price.unwrap(), WAD, Math.Rounding.Ceil)
            : Math.mulDiv(hedge.quote, whole, whole - shortage, Math.Rounding.Ceil);
        hedge.base += hedge.shortage;
    }

    /// @dev Less what fees have eaten, as for an exact base: of the quote, the missing part of what the whole position is
    /// worth stays in the margin, and what the rest buys is counted up to the whole.
    function _buyWithQuote(Parameters memory p, FillInput memory input, uint256 quote)
        internal
        override
        returns (Hedge memory hedge)
    {
        uint256 missing = _missing(input);
        if (missing == 0) return super._buyWithQuote(p, input, quote);
        uint256 worth = input.makerSize.notionalFloor(input.price);
        uint256 left = missing < worth ? worth - missing : 0;
        uint256 spend = left * LEAST_BOUGHT < worth ? 0 : Math.mulDiv(quote, left, worth) / _quoteScale;
        if (spend == 0) {
            hedge.base = Math.mulDiv(quote, WAD, input.price.unwrap() * assetScale) * assetScale;
            (hedge.shortage, hedge.quote) = (hedge.base, quote);
            return hedge;
        }
        hedge = _buy(p, true, spend);
        uint256 whole = Math.mulDiv(hedge.base / assetScale, worth, left) * assetScale;
        (hedge.shortage, hedge.base) = (whole - hedge.base, whole);
        hedge.quote = Math.mulDiv(hedge.quote, worth, left, Math.Rounding.Ceil);
    }

    /// @dev H3: when a fraction k of the position closes, k x max(0, |openNotional| - (margin - pending fees)) is missing to
    /// pay for it; in units of base at the oracle price, up.
    function _shortageUnitsUp(FillInput memory input, uint256 amount, uint256 size) private view returns (uint256) {
        uint256 missing = _missing(input);
        if (missing == 0) return 0;
        uint256 quote = Math.mulDiv(missing, amount, size, Math.Rounding.Ceil);
        return Math.mulDiv(quote, WAD, input.price.unwrap() * assetScale, Math.Rounding.Ceil);
    }

    /// @dev WAD quote that the margin lacks to close the whole position at its entry.
    function _missing(FillInput memory input) private pure returns (uint256) {
        return (-(input.makerOpenNotional + input.makerMargin)).positivePart();
    }

    /// @dev Buys base for the quote that a forced change has left over: what margin less pending fees has beyond the open
    /// notional, since the rest pays for closing the position. Base that this cannot pay for at the oracle price is lost,
    /// not owed; where it is scarce, what the swap may cost beyond that price is kept back.
    function _buyFree(Parameters memory p, uint256 units, Price price) internal override returns (Hedge memory hedge) {
        // What is left of the gap has the same sign.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 left = Math.mulDiv(_freeQuote(), units, units + uint256(int256(hedgeGap)));
        uint256 unitPrice = price.unwrap() * assetScale;
        uint256 covered = Math.min(units, Math.mulDiv(left, WAD, unitPrice));
        uint256 amount = Math.min(units, Math.mulDiv(left, WAD * PPM, unitPrice * (PPM + p.maxHedgeDeviation)));
        if (amount != 0) {
            _payment = Payment.Free;
            hedge = _buy(p, false, amount);
        }
        hedge.shortage = (units - covered) * assetScale;
        hedge.unfunded = (covered - amount) * assetScale;
        hedge.leftOver = left > hedge.quote ? left - hedge.quote : 0;
    }

    /// @dev What the margin has beyond what closing the position costs at its entry, pending fees taken off; WAD, floor.
    function _freeQuote() private view returns (uint256) {
        Position memory position = _position();
        (int256 funding, int256 borrowing) = _vault.pendingFeesOf(marketId, address(this));
        return (position.margin + position.openNotional - Quote.wrap(funding + borrowing)).positivePart();
    }

    /// @dev Proceeds go straight into the margin.
    function _sell(Parameters memory p, bool isExactInput, uint256 units)
        internal
        override
        returns (Hedge memory hedge)
    {
        _vault.beginReceive(marketId);
        _payment = Payment.Fill;
        (uint256 sold, uint256 proceeds) = _swap(p, true, isExactInput, units, address(_vault));
        _requireEqual(_vault.endReceive(), proceeds);
        (hedge.base, hedge.quote) = (sold * assetScale, proceeds * _quoteScale);
    }

    /// @dev Base is held here.
    function _buy(Parameters memory p, bool isExactInput, uint256 units)
        internal
        override
        returns (Hedge memory hedge)
    {
        if (_payment == Payment.None) _payment = Payment.Fill;
        (uint256 spent, uint256 bought) = _swapHere(p, false, isExactInput, units, asset);
        assetBalance = (uint256(assetBalance) + bought).toUint128();
        (hedge.base, hedge.quote) = (bought * assetScale, spent * _quoteScale);
    }

    /// @dev Base comes out of what is held; quote out of the margin, in a fill whatever the margin is.
    function _pay(bool isBaseToQuote, uint256 amount, address to, Payment payment) internal override {
        if (isBaseToQuote) {
            uint256 available = assetBalance;
            if (amount > available) revert MakerCapacityExceeded(amount * assetScale, available * assetScale);
            // Below a uint128 that was stored.
            // forge-lint: disable-next-line(unsafe-typecast)
            assetBalance = uint128(available - amount);
            asset.safeTransfer(to, amount);
        } else if (payment == Payment.Fill) {
            _vault.draw(amount, to);
        } else {
            _vault.withdrawForHedge(marketId, amount, to);
        }
    }

    /// @dev The vault is long or flat, before and after.
    function _unitsForced(Base size, int256 base) internal view override returns (int256) {
        uint256 held = size.abs();
        // forge-lint: disable-next-line(unsafe-typecast)
        return int256(uint256(int256(held) - base) / assetScale) - int256(held / assetScale);
    }
}
