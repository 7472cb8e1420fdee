// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IMarginPayer} from "../interfaces/ILockCallbacks.sol";
import {FillInput, IMaker} from "../interfaces/IMaker.sol";
import {IQuoteMargin} from "../interfaces/IQuoteMargin.sol";
import {ISpotPayer} from "../interfaces/ISpotAdapter.sol";
import {IQuoteHedger, ISpotHedger} from "../interfaces/ISpotHedger.sol";
import {HedgeMarginMath} from "../libraries/HedgeMarginMath.sol";
import {LiabilityMath} from "../libraries/LiabilityMath.sol";
import {Cast} from "../types/Cast.sol";
import {Position} from "../types/Position.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib} from "../types/Units.sol";
import {QuoteMargin} from "./spot-hedge/QuoteMargin.sol";
import {QuoteVaultModule} from "./spot-hedge/QuoteVaultModule.sol";
import {QuoteVaultStorage} from "./spot-hedge/QuoteVaultStorage.sol";
import {SpotHedgeMaker} from "./spot-hedge/SpotHedgeMaker.sol";
import {SpotHedgeStorage} from "./spot-hedge/SpotHedgeStorage.sol";

/// @title An LP vault of quote that hedges every fill on a spot market in the same transaction
/// @notice When a taker buys, the maker buys the same base on the spot market out of its balance, and transfers margin
/// for its short to the Vault. When a taker sells, it sells that base again, and margin that is no longer needed
/// returns to the balance. The base that it holds always equals its perpetual short, so that LPs are exposed to quote
/// only (H1). Its perpetual position is never long.
/// @dev LP and owner functions run in {QuoteVaultModule}, views for LPs in {QuoteVaultQuotes}, keeper functions in
/// {QuoteMargin}.
contract SpotHedgeQuoteMaker is QuoteVaultStorage, SpotHedgeMaker, IQuoteMargin, IQuoteHedger {
    using SafeERC20 for IERC20;
    using Cast for *;
    using SafeCast for uint256;

    /// @dev The collateral that a position needs from the balance: margin up to its target, and the reserve.
    struct MarginRequirement {
        /// @dev WAD quote that the margin lacks (> 0) or has beyond its target (< 0).
        int256 lacking;
        /// @dev The lacking margin in units of the collateral, up.
        uint256 lackingXCD;
        /// @dev The lacking margin and the reserve in units of the collateral, each up.
        uint256 totalXCD;
    }

    /// @notice The margin module: the contract whose code the keeper functions run.
    QuoteMargin public immutable quoteMargin;

    constructor(
        string memory name_,
        string memory symbol_,
        address owner_,
        IClearingHouse clearingHouse_,
        uint256 marketId_,
        IERC20 baseToken_,
        Parameters memory parameters_,
        QuoteRules memory rules,
        QuoteVaultModule module_
    )
        SpotHedgeStorage(name_, symbol_, owner_, clearingHouse_, marketId_, clearingHouse_.vault().asset(), baseToken_)
        SpotHedgeMaker(parameters_, module_)
    {
        if (module_.baseToken() != baseToken_) revert ModuleMismatch(module_);
        quoteMargin = module_.quoteMargin();
        _setQuoteRules(rules);
    }

    // ---------------------------------------------------------------------------------------------------- fills ----

    /// @inheritdoc IMaker
    /// @dev The maker is short or flat. A fill increases its position when the taker buys.
    function fillOrder(bool isBaseToQuote, bool isExactInput, uint256 amount, bytes calldata data)
        external
        onlyClearingHouse
        returns (uint256 oppositeAmount, bytes memory callbackData)
    {
        Fill memory fill = Fill({
            rules: _parameters,
            input: abi.decode(data, (FillInput)),
            isBaseToQuote: isBaseToQuote,
            isExactBase: isBaseToQuote == isExactInput,
            increasesMaker: !isBaseToQuote,
            base: 0,
            quote: 0
        });
        // 1. Limit the funding that the maker pays (T32).
        _checkCarry(fill);
        // 2. Swap the same base on the spot market, and price the fill at the swap.
        Hedge memory hedge = _hedge(fill, isExactInput, amount);
        _priceFill(fill, hedge, amount);
        // 3. Protect LPs: a closing taker receives the worse price, any other fill must be near the oracle price (H2).
        uint256 rest = _protectClosing(fill, hedge);
        if (rest != 0) {
            (, uint256 quote) = _sell(fill.rules, true, rest);
            _addSale(fill, hedge, quote);
        }
        if (isBaseToQuote) _requireWithin(fill.base, fill.input.makerSize.abs());
        // 4. Transfer margin until it is at its target.
        _supplyMargin(fill, hedge);
        // 5. Report.
        return _endFill(fill, hedge);
    }

    /// @inheritdoc ISpotPayer
    /// @dev Pays either token out of the balances that the maker itself holds.
    function paySpotSwap(bool isBaseToQuote, uint256 amount, address to) external {
        _beginPayment(isBaseToQuote, amount);
        if (isBaseToQuote) {
            uint256 available = baseBalance;
            if (amount > available) revert MakerCapacityExceeded(amount * _baseScale, available * _baseScale);
            baseBalance = (available - amount).lowUint128();
            _baseToken.safeTransfer(to, amount);
        } else {
            uint256 available = assetBalance;
            if (amount > available) revert MakerQuoteCapacityExceeded(amount * _quoteScale, _quoteRoom());
            assetBalance = (available - amount).lowUint128();
            asset.safeTransfer(to, amount);
        }
    }

    /// @inheritdoc ISpotHedger
    function closeHedgeGap(uint256 maxAmount) external underLock(maxAmount) {
        GapClosing memory closing = _beginGapClosing(maxAmount);
        if (closing.part != 0) {
            uint256 units = closing.part.magnitude();
            bool isSale = closing.part < 0;
            Hedge memory hedge;
            (hedge.base, hedge.quote) = isSale ? _sell(closing.rules, true, units) : _buy(closing.rules, false, units);
            _endHedge(closing.rules, closing.price, isSale, hedge);
        } else if (closing.gap < 0) {
            // The gap was written off, and {baseBalance} no longer counts its base.
            baseBalance = (baseBalance - closing.gap.magnitude()).toUint128();
        }
    }

    /// @inheritdoc IQuoteHedger
    function sellHeld(uint256 units, Price price, uint24 maxDeviation) external onlySelf returns (uint256 quote) {
        Parameters memory rules = _rulesWithin(maxDeviation);
        Hedge memory hedge;
        (hedge.base, hedge.quote) = _sell(rules, true, units);
        _endHedge(rules, price, true, hedge);
        return hedge.quote;
    }

    /// @inheritdoc IMarginPayer
    /// @dev The transfer of {_moveIn}.
    function payMargin(bytes calldata data) external {
        _checkVault();
        asset.safeTransfer(address(_vault), abi.decode(data, (uint256)));
    }

    // ------------------------------------------------------------------------------ margin, in the margin module ----

    /// @inheritdoc IQuoteMargin
    function setQuoteRules(QuoteRules calldata rules) external runsOn(address(quoteMargin)) {}

    /// @inheritdoc IQuoteMargin
    function rebalance() external runsOn(address(quoteMargin)) returns (int256 movedXCD) {}

    /// @inheritdoc IQuoteMargin
    function announceDeleverage() external runsOn(address(quoteMargin)) {}

    /// @inheritdoc IQuoteMargin
    function deleverage(address maker, bytes[] calldata updateData)
        external
        runsOn(address(quoteMargin))
        returns (uint256 base)
    {}

    /// @inheritdoc IQuoteMargin
    function getHedge() external view readsFrom(address(quoteMargin)) returns (QuoteHedge memory hedge) {}

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IMaker
    function getUtilRatio() external view returns (uint256 longUtilRatio, uint256 shortUtilRatio) {
        return (LiabilityMath.utilRatioUp(assetBalance, assetLiability), 0);
    }

    /// @inheritdoc IMaker
    /// @dev The short that the deposits of LPs finance at the last price, margin and reserve included. The maker is
    /// never long.
    function getCapacity() external view returns (uint256 long, uint256 short) {
        return (0, _capacity());
    }

    // ---------------------------------------------------------------------------------------------------- swaps ----

    function _hedge(Fill memory fill, bool isExactInput, uint256 amount) private returns (Hedge memory hedge) {
        uint256 units = _unitsToSwap(fill, amount);
        if (units == 0 && fill.isExactBase) return hedge;
        (hedge.base, hedge.quote) =
            fill.isBaseToQuote ? _sell(fill.rules, isExactInput, units) : _buy(fill.rules, isExactInput, units);
    }

    /// @dev Swaps base that the maker holds for quote, which arrives in the balance.
    /// @param units of the base token for exact input, otherwise of the collateral
    /// @return base WAD, sold
    /// @return quote WAD, received
    function _sell(Parameters memory rules, bool isExactInput, uint256 units)
        private
        returns (uint256 base, uint256 quote)
    {
        (uint256 sold, uint256 proceeds) = _swapHere(rules, true, isExactInput, units, asset, Payment.HeldOrDrawn);
        assetBalance = (assetBalance + proceeds).toUint128();
        return (sold * _baseScale, proceeds * _quoteScale);
    }

    /// @dev Swaps quote out of the balance for base, which arrives in {baseBalance}.
    /// @param units of the collateral for exact input, otherwise of the base token
    /// @return base WAD, bought
    /// @return quote WAD, paid
    function _buy(Parameters memory rules, bool isExactInput, uint256 units)
        private
        returns (uint256 base, uint256 quote)
    {
        (uint256 spent, uint256 bought) = _swapHere(rules, false, isExactInput, units, _baseToken, Payment.HeldOrDrawn);
        baseBalance = (baseBalance + bought).toUint128();
        return (bought * _baseScale, spent * _quoteScale);
    }

    /// @dev Quote that the balance can spend on base within the bound of hedges, margin and reserve deducted. WAD
    /// quote, down. For `MakerQuoteCapacityExceeded` only.
    function _quoteRoom() private view returns (uint256) {
        (Price price,,) = oracle.getPrice(marketId);
        uint256 neededXCD = _marginRequirement(_position(), price).totalXCD;
        uint256 heldXCD = assetBalance;
        if (heldXCD <= neededXCD) return 0;
        uint256 room = (heldXCD - neededXCD) * _quoteScale;
        uint256 beside = uint256(_targetMarginRatio) + _reserveRatio;
        return Math.mulDiv(room, PPM, PPM + Math.mulDiv(beside, PPM + _parameters.maxHedgeDeviation, PPM));
    }

    // --------------------------------------------------------------------------------------------------- margin ----

    /// @dev Leaves the margin at its target. A fill that increases the position must find the required margin in the
    /// balance, and the reserve beside it. A fill that reduces it moves at most the balance, never fails for lack of it
    /// (T9), and takes back margin beyond the target. Unrealised profit is not margin.
    function _supplyMargin(Fill memory fill, Hedge memory hedge) private {
        Position memory position = _positionBefore(fill.input);
        Base base = BaseLib.toBase(fill.base);
        Quote quote = QuoteLib.toQuote(fill.quote);
        // The fill's realised profit enters the position's margin.
        if (fill.increasesMaker) position.applyFill(-base, quote);
        else position.applyFill(base, -quote);
        MarginRequirement memory needed = _marginRequirement(position, fill.input.price);
        uint256 heldXCD = assetBalance;
        if (fill.increasesMaker) {
            if (needed.totalXCD > heldXCD) _revertCapacityExceeded(fill, hedge, needed);
        } else if (needed.lacking < 0) {
            _takeBack(needed.lacking.magnitude() / _quoteScale);
        }
        uint256 amountXCD = Math.min(needed.lackingXCD, heldXCD);
        if (amountXCD != 0) _moveIn(amountXCD);
    }

    /// @dev Transfers margin into the balance. When the market holds too little, the fill continues without the
    /// transfer, and {rebalance} makes it later.
    function _takeBack(uint256 amountXCD) private {
        if (amountXCD == 0) return;
        try _vault.draw(amountXCD, address(this)) {
            assetBalance = (assetBalance + amountXCD).toUint128();
        } catch {}
    }

    function _revertCapacityExceeded(Fill memory fill, Hedge memory hedge, MarginRequirement memory needed)
        private
        view
    {
        uint256 available = HedgeMarginMath.availableDown(
            fill.base,
            assetBalance * _quoteScale + hedge.quote,
            _marginRequirement(_positionBefore(fill.input), fill.input.price).totalXCD * _quoteScale,
            needed.totalXCD * _quoteScale + hedge.quote
        );
        revert MakerCapacityExceeded(fill.base, available - available % _baseScale);
    }

    function _positionBefore(FillInput memory input) private pure returns (Position memory position) {
        (position.size, position.openNotional, position.margin) =
        (input.makerSize, input.makerOpenNotional, input.makerMargin);
    }

    function _marginRequirement(Position memory position, Price price)
        private
        view
        returns (MarginRequirement memory needed)
    {
        uint256 notional = position.size.notionalCeil(price);
        Quote counted = position.margin.min(position.value(price));
        needed.lacking = HedgeMarginMath.lacking(counted, notional, _targetMarginRatio);
        needed.lackingXCD = HedgeMarginMath.toAddUp(needed.lacking, _quoteScale);
        needed.totalXCD = _reserveUp(notional) + needed.lackingXCD;
    }
}
