// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBackstop} from "../interfaces/IBackstop.sol";
import {IClearingHouse} from "../interfaces/IClearingHouse.sol";
import {IExitInKind} from "../interfaces/IExitInKind.sol";
import {ILpSlice, ISliceClaims} from "../interfaces/ILpSlice.sol";
import {IMarginPayer} from "../interfaces/ILockCallbacks.sol";
import {ILpVault} from "../interfaces/ILpVault.sol";
import {AccountState} from "../interfaces/IVault.sol";
import {MarginMath} from "../libraries/MarginMath.sol";
import {ShareMath} from "../libraries/ShareMath.sol";
import {Cast} from "../types/Cast.sol";
import {NotEnoughGas, NotVault, ZeroAmount} from "../types/Errors.sol";
import {MarketLedgerLib, MarketStatus} from "../types/Market.sol";
import {Position} from "../types/Position.sol";
import {Base, BaseLib, PPM, Price, Quote, QuoteLib} from "../types/Units.sol";
import {BackstopBase} from "./BackstopBase.sol";

/// @title Exit in kind: an LP leaves with its part of everything that a maker has (docs/specification.md, section 12)
/// @notice After a fixed notice, shares are burned for the same fraction of the maker's position, margin and balances. The
/// position moves at its open notional, so that the maker realises nothing and no settlement price is needed: unrealised
/// profit leaves together with its risk. The LP then holds or closes its slice like any trader.
/// @dev Part of the {BackstopModule}. Position and margin move by the primitives of forced changes. No maker is called back: a
/// slice leaves no gap.
abstract contract ExitInKind is IExitInKind, IMarginPayer, BackstopBase {
    using Cast for int256;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @dev The maker and the market of an exit.
    struct ExitContext {
        uint256 marketId;
        address maker;
        bool isSettled;
        /// @dev The price of the market now; the last stored one where it is not readable.
        Price price;
        bool isReadable;
        /// @dev The fraction that leaves.
        uint256 part;
        uint256 whole;
        /// @dev ppm of margin and balances that stays.
        uint256 requestFee;
    }

    /// @dev The Backstop whose module this is.
    address private immutable _backstop = msg.sender;

    // ---------------------------------------------------------------------------------------------------- exits ----

    /// @inheritdoc IExitInKind
    function startExit(address maker, uint256 shares) external payable returns (uint256 exitId) {
        // Called directly, the module would keep the shares.
        if (address(this) != _backstop) revert IClearingHouse.NotBackstop(address(this), _backstop);
        if (shares == 0) revert ZeroAmount();
        _marketOf(maker);
        _checkHolder(maker, msg.sender);
        exitId = ++exitCount;
        uint256 executableAt = block.timestamp + EXIT_NOTICE;
        _exits[exitId] = Exit({
            owner: msg.sender,
            executableAt: executableAt.toUint64(),
            maker: maker,
            fee: msg.value.toUint96(),
            shares: shares
        });
        IERC20(maker).safeTransferFrom(msg.sender, address(this), shares);
        emit ExitStarted(exitId, maker, msg.sender, shares, msg.value, executableAt);
    }

    /// @inheritdoc IExitInKind
    function executeExit(uint256 exitId, uint256 marginXCD) external returns (Slice memory slice) {
        Exit memory exit = _takeExit(exitId);
        ExitContext memory context = _context(exit.maker, exit.owner);
        _checkHolder(exit.maker, exit.owner);
        uint256 lastAt = exit.executableAt + EXIT_WINDOW;
        // In a settled market no order can be filled from which an LP could profit by the moment of its exit.
        if (!context.isSettled && (block.timestamp < exit.executableAt || block.timestamp > lastAt)) {
            revert ExitNotExecutable(block.timestamp, exit.executableAt, lastAt);
        }
        if (marginXCD != 0) _addMargin(context.marketId, exit.owner, marginXCD);
        slice = _moveSlice(context, exit);
        _checkOwnerAccount(context, exit.owner, slice);
        emit ExitExecuted(exitId, exit.maker, exit.owner, slice);
        if (exit.shares != slice.shares) IERC20(exit.maker).safeTransfer(exit.owner, exit.shares - slice.shares);
        _payFee(exit.fee);
    }

    /// @inheritdoc IExitInKind
    function returnExit(uint256 exitId) external {
        Exit memory exit = _takeExit(exitId);
        uint256 lastAt = exit.executableAt + EXIT_WINDOW;
        if (block.timestamp <= lastAt) revert ExitNotLapsed(block.timestamp, lastAt);
        emit ExitReturned(exitId, exit.maker, exit.owner, exit.shares);
        IERC20(exit.maker).safeTransfer(exit.owner, exit.shares);
        _payFee(exit.fee);
    }

    /// @inheritdoc IExitInKind
    function claimSlice(address maker, address owner) external returns (uint256 assetXCD, uint256 baseXCD) {
        SliceClaim memory claim = _sliceClaims[maker][owner];
        if (claim.assetXCD | claim.baseXCD == 0) revert NothingToClaim(maker, owner);
        // Before the payment, which can call the owner.
        delete _sliceClaims[maker][owner];
        (assetXCD,) = _tryPay(maker, owner, claim.assetXCD, 0);
        (, baseXCD) = _tryPay(maker, owner, 0, claim.baseXCD);
        if (assetXCD | baseXCD == 0) revert NothingToClaim(maker, owner);
        _addClaim(maker, owner, claim.assetXCD - assetXCD, claim.baseXCD - baseXCD);
        emit SliceClaimed(maker, owner, assetXCD, baseXCD);
    }

    /// @inheritdoc IMarginPayer
    /// @dev The Vault calls back its caller only, so the data is that of {_addMargin}.
    function payMargin(bytes calldata data) external {
        if (msg.sender != address(vault)) revert NotVault(msg.sender, address(vault));
        (address owner, uint256 amountXCD) = abi.decode(data, (address, uint256));
        vault.asset().safeTransferFrom(owner, address(vault), amountXCD);
    }

    // ---------------------------------------------------------------------------------------------------- views ----

    /// @inheritdoc IExitInKind
    function exitOf(uint256 exitId) external view returns (Exit memory) {
        return _exits[exitId];
    }

    /// @inheritdoc IExitInKind
    function sliceClaimOf(address maker, address owner) external view returns (SliceClaim memory) {
        return _sliceClaims[maker][owner];
    }

    /// @inheritdoc IExitInKind
    function previewExit(address maker, address owner, uint256 shares)
        external
        view
        returns (Slice memory slice, uint256 lackingMargin)
    {
        _checkHolder(maker, owner);
        ExitContext memory context = _context(maker, owner);
        _determine(context, vault.accountState(context.marketId, maker, context.price), shares, slice);
        (slice.assetXCD, slice.baseXCD) = ILpSlice(maker).previewSlice(context.part, context.whole, context.requestFee);
        AccountState memory state = vault.accountState(context.marketId, owner, context.price);
        _addSlice(state, slice, context.price);
        _checkSize(context.marketId, state, slice);
        (int256 value, uint256 required) = _maintenanceOf(state, context.price);
        lackingMargin = (Cast.toInt(required) - value).positivePart();
    }

    // -------------------------------------------------------------------------------------------------- private ----

    /// @dev Moves position, margin and claims. The Backstop holds the system lock meanwhile.
    function _moveSlice(ExitContext memory context, Exit memory exit) private returns (Slice memory slice) {
        (uint256 marketId, address maker, address owner) = (context.marketId, exit.maker, exit.owner);
        Price kept = _keptPrice(marketId);
        AccountState memory state = vault.openForced(marketId, maker, address(0), kept);
        _determine(context, state, exit.shares, slice);
        (slice.assetXCD, slice.baseXCD) =
            ILpSlice(maker).redeemSlice(slice.shares, context.part, context.whole, context.requestFee);
        if (slice.base != 0) {
            // The slice keeps the clock of the maker's last fill (E1).
            _settle(
                vault, marketId, owner, maker, Base.wrap(slice.base), Quote.wrap(slice.quote), kept, state.lastFillAt
            );
        }
        // Insurance receives the deduction, for the shortfall that it has to pay.
        int256 paid = slice.margin + Cast.toInt(slice.deduction);
        if (paid != 0 || slice.margin != 0) {
            vault.settlePenalty(marketId, maker, owner, -Quote.wrap(paid), Quote.wrap(slice.margin));
        }
        _movePaid(context, owner, slice);
        vault.releaseFill();
        _addClaim(maker, owner, slice.assetXCD, slice.baseXCD);
    }

    /// @dev The slice takes its part of the profit that the maker has paid, and has paid its deduction: neither is paid again
    /// when its owner is deleveraged.
    function _movePaid(ExitContext memory context, address owner, Slice memory slice) private {
        uint256 byMaker = _paidBy(context.marketId, context.maker);
        if (byMaker | slice.deduction == 0) return;
        uint256 moved = Math.mulDiv(byMaker, context.part, context.whole);
        uint256 byOwner = _paidBy(context.marketId, owner);
        _setPaid(context.marketId, context.maker, byMaker - moved);
        _setPaid(context.marketId, owner, byOwner + moved + slice.deduction);
    }

    /// @dev The slice of `shares`, which preview and execution share. Every component is rounded for the maker.
    function _determine(ExitContext memory context, AccountState memory state, uint256 shares, Slice memory slice)
        private
        view
    {
        uint256 supply = IERC20(context.maker).totalSupply();
        (uint256 fillFee, uint256 requestFee, uint256 baseUnit) = ILpSlice(context.maker).sliceTerms();
        bool isLast = shares == supply;
        if (!isLast && !context.isSettled) context.requestFee = requestFee;
        slice.shares = shares;
        uint256 size = state.size.abs();
        if (size == 0) {
            (context.part, context.whole) = (shares, supply + ShareMath.VIRTUAL);
        } else {
            context.part = size;
            context.whole = size;
            // The last LP takes the whole position, because no other holder is left.
            if (!isLast) {
                uint256 total = supply + ShareMath.VIRTUAL;
                context.part = Math.mulDiv(size, shares, total) / baseUnit * baseUnit;
                if (context.part == 0) revert SliceTooSmall(shares, baseUnit);
                slice.shares = Math.mulDiv(total, context.part, size, Math.Rounding.Ceil);
            }
            slice.base = BaseLib.toBase(context.part).unwrap();
            if (state.size.unwrap() < 0) slice.base = -slice.base;
            slice.quote = _partFloor(state.openNotional.unwrap(), context.part, size);
        }
        _determineMargin(context, state, fillFee, slice);
        // The virtual shares keep their part of the margin ({ShareMath-toKindDown}), also when the last LP leaves.
        if (isLast && size != 0 && state.margin.unwrap() > 0) {
            slice.margin -= state.margin.unwrap()
            - _partFloor(state.margin.unwrap(), supply, supply + ShareMath.VIRTUAL);
        }
    }

    function _determineMargin(
        ExitContext memory context,
        AccountState memory state,
        uint256 fillFee,
        Slice memory slice
    ) private view {
        int256 margin = _partFloor(state.margin.unwrap(), context.part, context.whole);
        uint256 notional = Cast.magnitude(slice.quote);
        if (context.isReadable) notional = Math.max(notional, Base.wrap(slice.base).notionalCeil(context.price));
        fillFee += clearingHouse.rulesOf(context.marketId).tradingFee;
        slice.fee =
            Math.ceilDiv(notional * fillFee, PPM) + Math.ceilDiv(Cast.positivePart(margin) * context.requestFee, PPM);
        // Otherwise an LP could leave in kind, sell the slice back to the maker and withdraw the realised profit (T58).
        uint256 deduction = IBackstop(address(this)).withheldFrom(context.marketId, context.maker, context.price);
        slice.deduction = Math.mulDiv(deduction, context.part, context.whole, Math.Rounding.Ceil);
        slice.margin = margin - Cast.toInt(slice.fee) - Cast.toInt(slice.deduction);
    }

    /// @dev Otherwise an insolvent maker could be divided into accounts whose shortfalls insurance pays one by one.
    function _checkOwnerAccount(ExitContext memory context, address owner, Slice memory slice) private view {
        AccountState memory state = vault.accountState(context.marketId, owner, context.price);
        _checkSize(context.marketId, state, slice);
        (int256 value, uint256 required) = _maintenanceOf(state, context.price);
        if (value < Cast.toInt(required)) revert SliceBelowMaintenance(value, required);
    }

    /// @dev T21: the slice and the position that is left reach the minimum in open notional, unless the account ends flat.
    function _checkSize(uint256 marketId, AccountState memory state, Slice memory slice) private view {
        if (slice.base == 0 || state.size.isZero()) return;
        uint256 value = Math.min(Cast.magnitude(slice.quote), state.openNotional.abs());
        uint256 minValue = clearingHouse.minPositionValueOf(marketId);
        if (value < minValue) revert SliceBelowMinimum(value, minValue);
    }

    /// @dev Account value, WAD quote, floor; and the maintenance requirement, WAD quote, up.
    function _maintenanceOf(AccountState memory state, Price price)
        private
        pure
        returns (int256 value, uint256 required)
    {
        return (
            state.value.unwrap(),
            MarginMath.requirementCeil(state.size.notionalCeil(price), state.maintenanceMarginRatio)
        );
    }

    /// @dev The owner's account after its slice, as {IVault-settleFill} changes it.
    function _addSlice(AccountState memory state, Slice memory slice, Price price) private pure {
        Position memory position;
        (position.size, position.openNotional, position.margin) = (state.size, state.openNotional, state.margin);
        position.applyFill(Base.wrap(slice.base), Quote.wrap(slice.quote));
        position.margin = position.margin + Quote.wrap(slice.margin);
        (state.size, state.openNotional, state.margin) = (position.size, position.openNotional, position.margin);
        state.value = position.value(price);
    }

    /// @dev The price of margin and fee: that of liquidations, also in the grace period after an outage; the last stored one while that is not readable or older than a
    /// last fill (E1); the price of the market's last fill without any.
    function _context(address maker, address owner) private view returns (ExitContext memory context) {
        uint256 marketId = _marketOf(maker);
        (context.marketId, context.maker) = (marketId, maker);
        context.isSettled = clearingHouse.statusOf(marketId) == MarketStatus.Settled;
        if (context.isSettled) {
            (context.price, context.isReadable) =
            (Price.wrap(IBackstop(address(this)).settlementPriceOf(marketId)), true);
            return context;
        }
        uint256 lastFillAt = vault.positionOf(marketId, maker).lastFillAt;
        lastFillAt = Math.max(lastFillAt, vault.positionOf(marketId, owner).lastFillAt);
        // A source that fails for lack of gas is readable.
        if (gasleft() < MIN_SOURCE_GAS) revert NotEnoughGas(gasleft(), MIN_SOURCE_GAS);
        try oracle.getLiquidationPriceInGracePeriod(marketId) returns (Price price, uint256 publishTime) {
            (context.price, context.isReadable) = (price, publishTime >= lastFillAt);
        } catch {}
        if (context.isReadable) return context;
        try oracle.getLastPrice(marketId) returns (Price price, uint256) {
            context.price = price;
        } catch {
            context.price = _keptPrice(marketId);
        }
    }

    /// @dev The price at which the market's fees accrue. An exit keeps it.
    function _keptPrice(uint256 marketId) private view returns (Price) {
        return Price.wrap(MarketLedgerLib.unpack(vault.marketWordsOf(marketId)).fees.makers >> 128);
    }

    function _addMargin(uint256 marketId, address owner, uint256 amountXCD) private {
        if (msg.sender != owner) revert NotExitOwner(msg.sender, owner);
        uint256 receivedXCD = vault.receiveMargin(marketId, abi.encode(owner, amountXCD));
        Quote amount = QuoteLib.toQuote(receivedXCD * vault.assetScale());
        vault.settlePenalty(marketId, address(this), owner, -amount, amount);
    }

    function _takeExit(uint256 exitId) private returns (Exit memory exit) {
        exit = _exits[exitId];
        if (exit.owner == address(0)) revert UnknownExit(exitId);
        delete _exits[exitId];
    }

    /// @dev A token that does not move leaves its claim open, and does not block the other one.
    function _tryPay(address maker, address owner, uint256 assetXCD, uint256 baseXCD)
        private
        returns (uint256 paidAssetXCD, uint256 paidBaseXCD)
    {
        if (assetXCD | baseXCD == 0) return (0, 0);
        try ISliceClaims(maker).paySliceClaim(owner, assetXCD, baseXCD) returns (uint256 asset, uint256 base) {
            (paidAssetXCD, paidBaseXCD) = (asset, base);
        } catch {}
    }

    function _addClaim(address maker, address owner, uint256 assetXCD, uint256 baseXCD) private {
        if (assetXCD | baseXCD == 0) return;
        SliceClaim storage claim = _sliceClaims[maker][owner];
        claim.assetXCD = (claim.assetXCD + assetXCD).toUint128();
        claim.baseXCD = (claim.baseXCD + baseXCD).toUint128();
    }

    /// @dev The last step, because the caller can reenter.
    function _payFee(uint256 fee) private {
        if (fee != 0) Address.sendValue(payable(msg.sender), fee);
    }

    function _marketOf(address maker) private view returns (uint256 marketId) {
        marketId = clearingHouse.marketOfMaker(maker);
        if (marketId == 0) revert NotAMaker(maker);
    }

    function _checkHolder(address maker, address owner) private view {
        bool isRefused = clearingHouse.marketOfMaker(owner) != 0 || owner == ILpVault(maker).requestVault()
            || owner == SETTLEMENT_ACCOUNT;
        if (isRefused) revert CannotHoldSlice(owner);
    }

    /// @dev amount x part / whole, floor.
    function _partFloor(int256 amount, uint256 part, uint256 whole) private pure returns (int256) {
        uint256 magnitude = Cast.magnitude(amount);
        if (amount >= 0) return Cast.toInt(Math.mulDiv(magnitude, part, whole));
        return -Cast.toInt(Math.mulDiv(magnitude, part, whole, Math.Rounding.Ceil));
    }
}
