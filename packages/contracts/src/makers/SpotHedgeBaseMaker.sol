// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {LiabilityMath} from "../libraries/LiabilityMath.sol";
import {Position} from "../types/Position.sol";
import {Base, BaseLib, PPM, Price, WAD} from "../types/Units.sol";
import {SpotHedgeBaseDesk} from "./spot-hedge/SpotHedgeBaseDesk.sol";
import {SpotHedgeMaker} from "./spot-hedge/SpotHedgeMaker.sol";
import {SpotHedgeVault} from "./spot-hedge/SpotHedgeVault.sol";

/// @title An LP vault of base tokens that hedges every fill on a spot market in the same transaction
/// @notice When a taker sells, the vault sells the same base on the spot market and the proceeds go straight into its
/// margin; when a taker buys, the vault draws quote from its margin and buys the same base back. The base it holds and
/// the base it is long in perpetuals always add up to what LPs own, so their exposure, counted in base, does not move
/// (H1). Its perpetual position is never short.
contract SpotHedgeBaseMaker is SpotHedgeMaker {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 baseToken_,
        Parameters memory parameters_
    )
        SpotHedgeVault(name_, symbol_, owner_, clearingHouse_, marketId_, baseToken_, baseToken_)
        SpotHedgeMaker(parameters_, new SpotHedgeBaseDesk(clearingHouse_, marketId_, baseToken_))
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
        uint256 units = (size + amount) / assetScale - size / assetScale;
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
        uint256 whole = size / assetScale - (size - amount) / assetScale;
        uint256 shortage = Math.min(whole, _shortageUnitsUp(input, amount, size));
        if (whole != shortage) hedge = _buy(p, false, whole - shortage);
        if (shortage == 0) return hedge;
        hedge.shortage = shortage * assetScale;
        hedge.quote = whole == shortage
            ? Math.mulDiv(hedge.shortage, input.price.unwrap(), WAD, Math.Rounding.Ceil)
            : Math.mulDiv(hedge.quote, whole, whole - shortage, Math.Rounding.Ceil);
        hedge.base += hedge.shortage;
        emit HedgeShortage(hedge.shortage);
    }

    /// @dev H3: when a fraction k of the position closes, k x max(0, |openNotional| - (margin - pending fees)) is missing to
    /// pay for it; in units of base at the oracle price, up.
    function _shortageUnitsUp(FillInput memory input, uint256 amount, uint256 size) private view returns (uint256) {
        int256 missing = -(input.makerOpenNotional + input.makerMargin).unwrap();
        if (missing <= 0) return 0;
        // forge-lint: disable-next-line(unsafe-typecast)
        uint256 quote = Math.mulDiv(uint256(missing), amount, size, Math.Rounding.Ceil);
        return Math.mulDiv(quote, WAD, input.price.unwrap() * assetScale, Math.Rounding.Ceil);
    }

    /// @dev Buys base for the quote that a forced change has left over: what margin has beyond the open notional, since
    /// the rest pays for closing the position. Base that this cannot pay for is lost, not owed.
    function _buyFree(Parameters memory p, uint256 units, Price price) internal override returns (Hedge memory hedge) {
        Position memory position = _position();
        uint256 left = (position.margin + position.openNotional).positivePart();
        uint256 fair = BaseLib.toBase(units * assetScale).notionalCeil(price);
        bool isEnough = left >= Math.mulDiv(fair, PPM + p.maxHedgeDeviation, PPM, Math.Rounding.Ceil);
        uint256 amount = isEnough ? units : Math.min(left, fair) / _quoteScale;
        if (amount != 0) {
            _payment = Payment.Free;
            hedge = _buy(p, !isEnough, amount);
        }
        uint256 whole = units * assetScale;
        if (hedge.base < whole) hedge.shortage = whole - hedge.base;
    }

    /// @dev Proceeds go straight into the margin.
    function _sell(Parameters memory p, bool isExactInput, uint256 units)
        internal
        override
        returns (Hedge memory hedge)
    {
        vault.beginReceive(marketId);
        _payment = Payment.Fill;
        (uint256 sold,) = p.adapter.swap(true, isExactInput, units, address(vault));
        (hedge.base, hedge.quote) = (sold * assetScale, vault.endReceive() * _quoteScale);
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
        _meter(asset, bought.toInt256());
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
            _meter(asset, -amount.toInt256());
            asset.safeTransfer(to, amount);
        } else if (payment == Payment.Fill) {
            vault.draw(amount, to);
        } else {
            vault.withdrawMargin(marketId, amount, to);
        }
    }

    /// @dev The vault is long or flat, before and after.
    function _unitsForced(Base size, int256 base) internal view override returns (int256) {
        uint256 held = size.abs();
        // forge-lint: disable-next-line(unsafe-typecast)
        return int256(uint256(int256(held) - base) / assetScale) - int256(held / assetScale);
    }
}
